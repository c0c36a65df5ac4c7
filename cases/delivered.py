"""The controlled lists as they are delivered. From then on coordinators keep them, and the table is what counts.

kind: (code, words in English, words in Spanish, what it means in English, what it means in Spanish), in their order.
"""

LISTS = {
    "source": (
        (
            "patrol",
            "Patrol officer",
            "Oficial de patrulla",
            "An officer on patrol or answering a call passed it on. Add the incident number.",
            "La pasó un oficial en patrulla o que atendió una llamada. Añada el número de incidente.",
        ),
        (
            "self",
            "One of the parties",
            "Una de las partes",
            "One of the people in the conflict asked us, by phone, in writing or online, and nobody sent them.",
            "Nos lo pidió una de las personas del conflicto, por teléfono, por escrito o en línea, y nadie la envió.",
        ),
        (
            "court",
            "Court",
            "Tribunal",
            "A court or its clerk sent it. A small-claims case counts here, whichever town the court is in.",
            "La envió un tribunal o su secretaría. Aquí cuenta un caso de reclamos menores, sea cual sea la ciudad del "
            "tribunal.",
        ),
        (
            "housing",
            "Housing provider",
            "Proveedor de vivienda",
            "A landlord, property manager, housing authority or tenants' association sent it.",
            "La envió un dueño, un administrador de propiedades, una autoridad de vivienda o una asociación de "
            "inquilinos.",
        ),
        (
            "school",
            "School",
            "Escuela",
            "A school, college or its police officer sent it.",
            "La envió una escuela, una universidad o su oficial de policía.",
        ),
        (
            "agency",
            "Other agency",
            "Otra agencia",
            "Another public agency or a service sent it: health, code enforcement, animal control, 311.",
            "La envió otra agencia pública o un servicio: salud, códigos, control de animales, 311.",
        ),
        (
            "council",
            "City council",
            "Consejo municipal",
            "An elected official or their office sent it.",
            "La envió un funcionario electo o su oficina.",
        ),
        (
            "walk_in",
            "Walk-in",
            "Vino en persona",
            "Somebody came to one of our desks without having been sent.",
            "Alguien vino a una de nuestras oficinas sin que lo enviaran.",
        ),
        (
            "event",
            "Community event",
            "Evento comunitario",
            "It was raised with us at a meeting or event of ours.",
            "Nos lo plantearon en una reunión o un evento nuestro.",
        ),
    ),
    "dispute": (
        (
            "noise",
            "Neighbors: noise",
            "Vecinos: ruido",
            "Sound that disturbs at home: music, voices, footsteps, machines. Barking counts under pets.",
            "Sonidos que molestan en casa: música, voces, pasos, máquinas. Los ladridos cuentan en mascotas.",
        ),
        (
            "boundary",
            "Neighbors: boundary or property",
            "Vecinos: límites o propiedad",
            "A fence, trees, drainage, access, or where one property ends and the next begins.",
            "Una cerca, árboles, desagües, el acceso, o dónde termina una propiedad y empieza la otra.",
        ),
        (
            "pets",
            "Neighbors: pets",
            "Vecinos: mascotas",
            "Animals: barking, dirt, animals that run loose or frighten people.",
            "Animales: ladridos, suciedad, animales sueltos o que asustan.",
        ),
        (
            "parking",
            "Neighbors: parking",
            "Vecinos: estacionamiento",
            "Parking spaces, blocked driveways, vehicles left on the street.",
            "Lugares para estacionar, entradas bloqueadas, vehículos dejados en la calle.",
        ),
        (
            "children",
            "Neighbors: children",
            "Vecinos: niños",
            "Children at play or how they behave, where their families are neighbors.",
            "El juego o la conducta de niños cuyas familias son vecinas.",
        ),
        (
            "harassment",
            "Neighbors: harassment",
            "Vecinos: acoso",
            "Repeated insults, threats, watching or hostile messages between neighbors. Look for violence first.",
            "Insultos, amenazas, vigilancia o mensajes hostiles repetidos entre vecinos. Busque primero señales de "
            "violencia.",
        ),
        (
            "damage",
            "Neighbors: damage",
            "Vecinos: daños",
            "Something was broken, soiled or taken, and they disagree on who did it or who pays.",
            "Algo se rompió, se ensució o se tomó, y no están de acuerdo en quién fue o quién paga.",
        ),
        (
            "rent",
            "Landlord and tenant: rent",
            "Dueño e inquilino: renta",
            "The amount, an increase or arrears of the rent or of shared costs such as water and power.",
            "El monto, un aumento o atrasos de la renta o de gastos comunes como el agua y la luz.",
        ),
        (
            "repairs",
            "Landlord and tenant: repairs",
            "Dueño e inquilino: reparaciones",
            "Repairs, pests, heating and other conditions of a rented home.",
            "Reparaciones, plagas, calefacción y otras condiciones de una vivienda alquilada.",
        ),
        (
            "deposit",
            "Landlord and tenant: deposit",
            "Dueño e inquilino: depósito",
            "The return of a security deposit, or what was kept of it.",
            "La devolución de un depósito de garantía, o lo que se retuvo de él.",
        ),
        (
            "lease",
            "Landlord and tenant: lease",
            "Dueño e inquilino: contrato",
            "Other terms of a lease: guests, subletting, shared spaces, moving out.",
            "Otras condiciones de un contrato de alquiler: visitas, subarriendo, espacios comunes, la salida.",
        ),
        (
            "eviction",
            "Landlord and tenant: threat of eviction",
            "Dueño e inquilino: amenaza de desalojo",
            "A notice to leave was given or announced, or a court case about it is open, whatever the reason for it.",
            "Se dio o se anunció un aviso para dejar la vivienda, o hay un caso en el tribunal, por cualquier motivo.",
        ),
        (
            "family",
            "Family",
            "Familia",
            "Between relatives or former partners, in one home or in several. Look for violence first.",
            "Entre parientes o exparejas, en una casa o en varias. Busque primero señales de violencia.",
        ),
        (
            "youth",
            "Youth groups",
            "Grupos de jóvenes",
            "Between groups of young people, or between them and others of the area.",
            "Entre grupos de jóvenes, o entre ellos y otras personas del área.",
        ),
        (
            "community_police",
            "Community group and police",
            "Grupo de la comunidad y policía",
            "Between a group of residents and the police, on how an area is policed. A complaint about an officer is "
            "no case.",
            "Entre un grupo de residentes y la policía, sobre cómo se vigila un área. Una queja sobre un oficial no es "
            "un caso.",
        ),
        (
            "workplace_school",
            "Workplace or school",
            "Trabajo o escuela",
            "Between people at work or at a school, or between them and the workplace or the school.",
            "Entre personas de un trabajo o una escuela, o entre ellas y el trabajo o la escuela.",
        ),
        (
            "other",
            "Other",
            "Otro",
            "None of the others. Say in the short name what it is about.",
            "Ninguno de los demás. Diga en el nombre corto de qué se trata.",
        ),
    ),
}


def rows():
    """Each entry as the fields of its row; positions leave room between them."""
    for kind, entries in LISTS.items():
        for place, (code, label_en, label_es, definition_en, definition_es) in enumerate(entries, start=1):
            yield {
                "kind": kind, "code": code, "label_en": label_en, "label_es": label_es,
                "definition_en": definition_en, "definition_es": definition_es, "position": 10 * place,
            }  # fmt: skip

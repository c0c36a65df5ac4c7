"""The types of events as they are delivered. From then on coordinators keep them, and the tables are what count.

code, words in English, words in Spanish, meaning in English, meaning in Spanish, what is done how many days before.
"""

ROOM, TELL, INTERPRETER, PEOPLE, LAST = (
    ("Confirm the venue, its access and its chairs", 28),
    ("Flyers and announcements are out, in both languages", 14),
    ("Interpreters are confirmed", 14),
    ("Everybody who works at it knows when, where and what for", 7),
    ("Call the venue and look at the weather", 2),
)
OUTDOORS = ("Permit, first aid and a plan for rain", 28)
TYPES = (
    (
        "town_hall", "Town hall", "Asamblea pública",
        "An open meeting in which residents ask and the unit answers in public.",
        "Una reunión abierta en la que los residentes preguntan y la unidad responde en público.",
        (ROOM, INTERPRETER, TELL, PEOPLE, ("Agenda, and somebody who writes down what is raised", 7), LAST),
    ),
    (
        "coffee", "Coffee with an officer", "Café con un oficial",
        "Officers sit where people are anyway and listen. No agenda, no speech, no registration.",
        "Oficiales se sientan donde la gente ya está y escuchan. Sin agenda, sin discursos, sin inscripción.",
        (("The place agrees and knows how many of us come", 14), TELL),
    ),
    (
        "workshop", "Workshop", "Taller",
        "People learn something with a trainer and an outline, such as how to settle a conflict.",
        "Las personas aprenden algo con un instructor y un programa, por ejemplo cómo resolver un conflicto.",
        (ROOM, ("Trainer and outline are confirmed", 28), INTERPRETER, TELL, PEOPLE, LAST),
    ),
    (
        "clean_up", "Clean-up", "Jornada de limpieza",
        "Neighbors and officers clean a street, a park or a lot together.",
        "Vecinos y oficiales limpian juntos una calle, un parque o un terreno.",
        (OUTDOORS, TELL, ("Gloves, bags and collection are ordered", 7), LAST),
    ),
    (
        "sport", "Sport", "Deporte",
        "A match, a run or training that brings people together.",
        "Un partido, una carrera o un entrenamiento que reúne a la gente.",
        (OUTDOORS, TELL, PEOPLE, LAST),
    ),
    (
        "health_fair", "Health fair", "Feria de salud",
        "Services show what they offer, and some help on the spot.",
        "Los servicios muestran lo que ofrecen, y algunos ayudan en el momento.",
        (ROOM, ("Each service has said what it brings", 14), INTERPRETER, TELL, PEOPLE, LAST),
    ),
    (
        "focus_group", "Focus group", "Grupo de discusión",
        "A few invited people talk about one question. Who said what is not written down.",
        "Unas pocas personas invitadas hablan de una pregunta. No se anota quién dijo qué.",
        (ROOM, ("The guide is written and somebody else has read it", 14), INTERPRETER, PEOPLE),
    ),
    (
        "block_party", "Block party", "Fiesta de la cuadra",
        "Residents hold a street party, and the unit helps or comes by.",
        "Los residentes hacen una fiesta en la calle, y la unidad ayuda o pasa a saludar.",
        (OUTDOORS, TELL, LAST),
    ),
    (
        "youth_council", "Youth council", "Consejo juvenil",
        "Young people advise the unit, with adults whom they know.",
        "Jóvenes aconsejan a la unidad, con adultos a quienes conocen.",
        (ROOM, ("Two cleared adults are there", 7), ("Guardians know when it begins and ends", 7), LAST),
    ),
    (
        "other", "Other", "Otro",
        "None of the others. Say in the title what it is.",
        "Ninguno de los demás. Diga en el título qué es.",
        (ROOM, TELL, PEOPLE, LAST),
    ),
)  # fmt: skip


def rows():
    """(fields of a type, [(what to do, days before), …]) of each, in their order with room between them."""
    for place, (code, label_en, label_es, definition_en, definition_es, checks) in enumerate(TYPES, start=1):
        fields = {
            "code": code, "label_en": label_en, "label_es": label_es, "definition_en": definition_en,
            "definition_es": definition_es, "position": 10 * place,
        }  # fmt: skip
        yield fields, list(checks)

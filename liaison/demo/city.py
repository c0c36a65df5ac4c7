"""Alder Bay: two precincts, eight neighborhoods, places to meet and organizations. Nothing of it exists."""

from zlib import crc32

from shapely import unary_union
from shapely.geometry import mapping

from areas import shapes
from areas.models import Area, Venue
from liaison.demo import ground
from liaison.demo.codes import ALL_CODES, code_of
from notices.models import Contact
from partners.models import Organization, OrganizationContact

SEED = "Alder Bay"
SOURCE = "Household count of Alder Bay (invented)"

# name, place in the grid, population, streets
NEIGHBORHOODS = {
    "AB-H1": ("Alma", (0, 0), 6_840, ("Alma Street", "Cooper Row", "Lantern Lane", "Saltmarsh Road", "Teal Court")),
    "AB-H2": (
        "Eastgate",
        (3, 0),
        11_260,
        ("Eastgate Yard", "Kestrel Court", "Tollhouse Street", "Brick Lane End", "Signal Road"),
    ),
    "AB-H3": (
        "Harbor",
        (1, 0),
        8_910,
        ("Harbor Walk", "Chandler Street", "Net Loft Lane", "Quayside", "Cannery Row North"),
    ),
    "AB-H4": (
        "Pier Steps",
        (2, 0),
        4_370,
        ("Pier Street", "Pier Steps", "Bellbuoy Lane", "Ropewalk", "Ferry Approach"),
    ),
    "AB-F1": (
        "Fenwick",
        (0, 1),
        7_520,
        ("Fenwick Close", "Orchard Rise", "Damson Street", "Sparrow Hill", "Well Lane"),
    ),
    "AB-F2": (
        "Kestrel Park",
        (1, 1),
        9_680,
        ("Park Crescent", "Falconer Street", "Meadow Way", "Gatehouse Road", "Linden Place"),
    ),
    "AB-F3": ("Mill Row", (2, 1), 5_150, ("Mill Row", "Weir Street", "Carding Lane", "Loom Court", "Sluice Road")),
    "AB-F4": (
        "Northfield",
        (3, 1),
        12_040,
        ("Northfield Drive", "Barley Street", "Furrow Lane", "Granary Road", "Plover Way"),
    ),
}
PRECINCTS = {
    "AB-H": ("Harborside", ("AB-H1", "AB-H2", "AB-H3", "AB-H4")),
    "AB-F": ("Hillside", ("AB-F1", "AB-F2", "AB-F3", "AB-F4")),
}
CODES = tuple(NEIGHBORHOODS)

# name, address, neighborhood, neutral, step-free, how to get there, people
VENUES = (
    ("Eastgate Library, room 2", "4 Tollhouse Street", "AB-H2", True, True, "Bus 6 and 11, stop Library", 12),
    ("Harbor Community Center", "18 Quayside", "AB-H3", True, True, "Tram to Harbor, lift at the side door", 40),
    ("Pier Steps Meeting House", "41 Pier Street", "AB-H4", True, False, "Bus 3; four steps at the door", 24),
    ("Kestrel Park Pavilion", "1 Park Crescent", "AB-F2", True, True, "Bus 9, parking behind the hall", 60),
    ("Mill Row School, staff room", "7 Weir Street", "AB-F3", True, True, "Bus 9 and 14", 14),
    ("Northfield Hall, small room", "30 Barley Street", "AB-F4", True, True, "Bus 14, last one at 21:40", 10),
    ("Harborside Station, interview room", "2 Chandler Street", "AB-H3", False, True, "Tram to Harbor", 6),
)

# name, kind, neighborhood, the person there, their part
ORGANIZATIONS = (
    ("Alder Bay Mediation Center", Organization.Kind.NONPROFIT, "AB-H3", "Ines Falkenmoor", "Case coordinator"),
    ("Bayview Housing Association", Organization.Kind.LANDLORD, "AB-H2", "Toby Larkwhistle", "Tenancy officer"),
    ("Eastgate Tenants' Union", Organization.Kind.TENANTS, "AB-H2", "Rosa Vendaval", "Chair"),
    ("Harborlight Family Services", Organization.Kind.NONPROFIT, "AB-H3", "Dele Marchetree", "Intake"),
    ("Mill Row School", Organization.Kind.SCHOOL, "AB-F3", "Perrin Oakshade", "Deputy head"),
    ("Northfield Clinic", Organization.Kind.HEALTH, "AB-F4", "Amal Sturmfels", "Social worker"),
    ("Temple of the Two Rivers", Organization.Kind.FAITH, "AB-F2", "Jaya Westerbrook", "Community desk"),
    ("Quayside Traders", Organization.Kind.BUSINESS, "AB-H3", "Hob Tanglewick", "Secretary"),
    ("City of Alder Bay, Housing Court", Organization.Kind.GOVERNMENT, "AB-H1", "Clerk's desk", "Clerk"),
    ("Legal Aid on Ropewalk", Organization.Kind.NONPROFIT, "AB-H4", "Nura Pennyfeather", "Duty adviser"),
    ("Kestrel Park Residents", Organization.Kind.TENANTS, "AB-F2", "Lowell Grimsditch", "Secretary"),
    ("Fenwick Youth Workshop", Organization.Kind.NONPROFIT, "AB-F1", "Saga Illingbury", "Youth worker"),
)


def make_areas():
    """{code: area}, made where missing."""
    grid = ground.tiles(SEED)
    areas = {}
    for code, (name, parts) in PRECINCTS.items():
        shape = unary_union([grid[NEIGHBORHOODS[part][1]] for part in parts])
        people = sum(NEIGHBORHOODS[part][2] for part in parts)
        areas[code] = _area(code, name, "precinct", shape, people)
        for part in parts:
            name, place, people, _ = NEIGHBORHOODS[part]
            areas[part] = _area(part, name, "neighborhood", grid[place], people, parent=areas[code])
    for codes in (tuple(PRECINCTS), CODES):
        _tell_neighbors([areas[code] for code in codes])
    return areas


def _area(code, name, level, shape, people, parent=None):
    area = Area.objects.filter(code=code, level=level).first()
    if area is None:
        counted = {"population": people, "population_year": 2025, "population_source": SOURCE}
        area = Area(reference=f"A-26-{mark(code)}", code=code, name=name, level=level, parent=parent, **counted)
        area.draw(shapes.tidy(mapping(shape))[0])
        area.save()
    return area


def mark(*words):
    """The five characters of a reference: the same ones for the same words, whoever loads the city."""
    return code_of(crc32(" ".join(words).encode()) % ALL_CODES)


def _tell_neighbors(level):
    for one, other in shapes.neighbors([area.shape for area in level]):
        level[one].neighbors.add(level[other])


def make_venues(areas):
    venues = []
    for name, address, code, neutral, step_free, transport, capacity in VENUES:
        fields = {"address": address, "neutral": neutral, "step_free": step_free, "transport": transport}
        defaults = fields | {"capacity": capacity, "reference": f"P-26-{mark(name)}"}
        venues.append(Venue.objects.get_or_create(name=name, area=areas[code], defaults=defaults)[0])
    return venues


def make_organizations(areas):
    """[organization], each with the one person there whom we know."""
    found = []
    for number, (name, kind, code, person, part) in enumerate(ORGANIZATIONS):
        organization = Organization.objects.filter(name=name, area=areas[code]).first()
        if organization is None:
            organization = Organization(name=name, kind=kind, area=areas[code], reference=f"O-26-{mark(name)}")
            organization.save()
            contact = Contact.objects.create(
                name=person,
                email=f"desk{number}@partners.example",
                phone=f"(555) 555-01{number:02}",
                phone_e164=f"+155555501{number:02}",
                may_email=True,
                may_call=True,
            )
            OrganizationContact.objects.create(organization=organization, contact=contact, role=part, is_main=True)
        found.append(organization)
    return found

"""The words that invented cases are made of. Names of people are put together from parts and belong to nobody."""

FIRST = [
    "Adaline",
    "Bashir",
    "Celestine",
    "Dario",
    "Edda",
    "Farrokh",
    "Gwendal",
    "Hanako",
    "Ignace",
    "Jovana",
    "Kofi",
    "Leocadia",
    "Milo",
    "Nadira",
    "Osric",
    "Priya",
    "Quentin",
    "Rosalba",
    "Silvan",
    "Tuyet",
    "Ulla",
    "Vikram",
    "Wanjiru",
    "Xiomara",
    "Yusra",
    "Zenon",
]
SPANISH_FIRST = ["Álvaro", "Belén", "Concepción", "Efraín", "Inés", "Joaquín", "Marisol", "Nicolás", "Rocío", "Ximena"]
FAMILY = [
    "Brindlewood",
    "Cattermarsh",
    "Dunnockley",
    "Elderquill",
    "Farthinglow",
    "Gorsebank",
    "Hollinrake",
    "Inkpennant",
    "Jacksnipe",
    "Kettlebeck",
    "Lowmeadow",
    "Mossgrave",
    "Nettlefold",
    "Oxenbridge",
    "Puddlecote",
    "Quickthorn",
    "Rushwater",
    "Sandpiper",
    "Thistledown",
    "Underhay",
    "Vanewright",
    "Willowherb",
    "Yarrowgate",
    "Zephyrine",
]
SPANISH_FAMILY = [
    "Arroyonuevo",
    "Buenaluz",
    "Camposereno",
    "Fuentealba",
    "Montealto",
    "Nubeclara",
    "Peñaflorida",
    "Vallehondo",
]

# dispute: (short name, what happens, how long and what is wanted)
DISPUTES = {
    "noise": (
        (
            "Noise at night",
            "Music and footsteps after midnight between two apartments, one above the other.",
            "Both sides want quiet hours written down.",
        ),
        (
            "Noise from a workshop",
            "A saw and a compressor run in a garage on weekends.",
            "The neighbor works nights and sleeps by day.",
        ),
        (
            "Barking and drums",
            "Drum practice in the afternoon is answered with banging on the wall.",
            "They used to be friends and would like to talk.",
        ),
    ),
    "boundary": (
        (
            "Boundary fence",
            "A new fence stands where one side says the old hedge was.",
            "Nobody has the plans; a survey is being priced.",
        ),
        (
            "Shared driveway",
            "Bins and a trailer block a driveway that two houses share.",
            "Each side wants a rule for delivery days.",
        ),
        ("Roots and gutters", "Roots of an old tree lift the paving next door.", "The question is who pays and when."),
    ),
    "pets": (
        (
            "Dog in the yard",
            "A dog barks whenever the owner is at work.",
            "The owner was not aware of how long it goes on.",
        ),
        (
            "Cats and flower beds",
            "Cats dig up a bed that a resident has kept for years.",
            "There were sharp words on the stairs.",
        ),
    ),
    "parking": (
        (
            "Parking in front of a gate",
            "Cars of visitors stand before a gate in the evening.",
            "Tires were let down once; nobody was seen.",
        ),
        (
            "Parking at the school",
            "Parents stop in two rows at the end of school.",
            "A delivery firm cannot leave its yard.",
        ),
    ),
    "children": (
        (
            "Ball games in the court",
            "Children play against a garage wall until dark.",
            "Older residents want an hour of rest after lunch.",
        ),
        ("Children on the stairs", "Running on the stairs early in the morning.", "The parents work shifts."),
    ),
    "harassment": (
        (
            "Words on the stairs",
            "Repeated remarks on the stairs about a family's visitors.",
            "The family avoids the front door now.",
        ),
    ),
    "damage": (
        (
            "Broken window",
            "A window was broken during a game; the repair was never paid.",
            "Both sides have stopped greeting each other.",
        ),
    ),
    "rent": (
        (
            "Rent in arrears",
            "Two months of rent are open after a job was lost.",
            "The landlord would take a plan in parts.",
        ),
    ),
    "repairs": (
        (
            "Heating not mended",
            "The heating failed in October and was mended twice for a day.",
            "The tenant holds back part of the rent.",
        ),
        ("Damp wall", "Mold on an outer wall; each side names another cause.", "A child in the home has asthma."),
    ),
    "deposit": (
        (
            "Deposit after moving out",
            "The deposit is held back for a floor that was old.",
            "Photos exist from both days.",
        ),
    ),
    "lease": (
        (
            "Who may live there",
            "A relative moved in and the lease names one person.",
            "The landlord asks for a new lease.",
        ),
    ),
    "eviction": (
        (
            "Notice to leave",
            "A notice was given after complaints by others in the house.",
            "A court date is set; they would like to settle before.",
        ),
    ),
    "family": (
        (
            "Care of a parent",
            "Two siblings disagree over who looks after a parent and the keys.",
            "Calls end in shouting.",
        ),
    ),
    "youth": (
        (
            "Two groups at the pavilion",
            "Two groups of teenagers claim the same benches.",
            "The youth workshop offers its room.",
        ),
    ),
    "community_police": (
        (
            "Stops near the temple",
            "A group feels watched after evening prayers.",
            "They ask to speak with the shift's sergeant.",
        ),
    ),
    "workplace_school": (
        (
            "Quarrel in the canteen",
            "Two members of a kitchen crew no longer work the same shift.",
            "The school asked for help.",
        ),
    ),
    "other": (
        (
            "Stall in front of a shop",
            "A market stall hides the window of a shop on Saturdays.",
            "The traders' group suggested mediation.",
        ),
    ),
}
DISPUTE_WEIGHTS = {
    "noise": 26,
    "boundary": 13,
    "pets": 8,
    "parking": 11,
    "children": 5,
    "harassment": 5,
    "damage": 4,
    "rent": 4,
    "repairs": 7,
    "deposit": 3,
    "lease": 2,
    "eviction": 3,
    "family": 3,
    "youth": 3,
    "community_police": 1,
    "workplace_school": 1,
    "other": 1,
}
SOURCES = {
    "patrol": 34,
    "self": 22,
    "housing": 14,
    "walk_in": 9,
    "court": 6,
    "agency": 5,
    "school": 4,
    "council": 3,
    "event": 3,
}
PROCESSES = {"mediation": 62, "conciliation": 18, "coaching": 9, "facilitation": 5, "restorative": 3, "information": 3}
LANGUAGES = {"en": 70, "es": 20, "pa": 3, "vi": 3, "so": 2, "zh-hans": 2}

REACHED = (
    "Explained the offer and that it is voluntary. Will think it over.",
    "Agreed on a time to talk at length.",
    "Wants to meet, not at the station.",
    "Asked what happens if the other side does not come.",
    "Confirmed how and when to call.",
    "Says it was quieter last week.",
)
NOT_REACHED = (
    "Rang twice, no answer.",
    "Left a message with the unit's number only.",
    "Letter with the leaflet, first language on top.",
    "Nobody at home; no card left.",
)
TASKS = (
    "Call back the responding party",
    "Confirm safe contact with the initiating party",
    "Send the leaflet about mediation",
    "Book the interpreter for the pre-meeting",
    "Ask both sides for dates",
    "Record the result of the pre-meeting",
    "Ask the housing association for its file number",
    "Write the summary that may be shared",
)
# What those owe who lead no case: (role, due in so many days, what)
ROLE_TASKS = (
    ("coordinator", -1, "Put supervisors on duty for the week after next"),
    ("coordinator", 2, "Ask Bayview Housing Association for its new contact"),
    ("records_officer", 0, "Look through what is due for disposal"),
    ("analyst", 3, "Check the population figures of the areas"),
    ("victim_advocate", 0, "Call about the safety plan, at the agreed hour"),
    ("mediator", 1, "Send your dates for December"),
)
HOLDS = (
    "One side is away until after the holidays",
    "Waits for the survey of the boundary",
    "A court decides first",
    "Illness in the family",
)

"""Who asks: one of each who may stand in some relation to the records of the world (world.py)."""

ANONYMOUS = "anonymous"
# Somebody with a live session whose account was disabled a moment ago.
DISABLED = "disabled"
# Signed in by password alone where a second factor is required.
HALF = "half signed in"
# Assigned to the case, and the owner of all that is somebody's own.
OFFICER = "officer"
# Serves the same area and is not on the team.
COLLEAGUE = "colleague"
OFFICER_ELSEWHERE = "officer elsewhere"
SUPERVISOR = "supervisor"
SUPERVISOR_ELSEWHERE = "supervisor elsewhere"
COORDINATOR = "coordinator"
ANALYST = "analyst"
RECORDS = "records officer"
# Facilitates the case.
MEDIATOR = "mediator"
MEDIATOR_ELSEWHERE = "mediator elsewhere"
ADVOCATE = "victim advocate"

OUTSIDE = frozenset({ANONYMOUS, DISABLED})
OFFICERS = frozenset({OFFICER, COLLEAGUE, OFFICER_ELSEWHERE})
SUPERVISORS = frozenset({SUPERVISOR, SUPERVISOR_ELSEWHERE})
MEDIATORS = frozenset({MEDIATOR, MEDIATOR_ELSEWHERE})
STAFF = OFFICERS | SUPERVISORS | MEDIATORS | {COORDINATOR, ANALYST, RECORDS, ADVOCATE}
ACTORS = (*sorted(OUTSIDE), HALF, *sorted(STAFF))

OWNER = frozenset({OFFICER})
COORDINATORS = frozenset({COORDINATOR})
RECORDS_OFFICERS = frozenset({RECORDS})
# Those who may open a case of their team.
TEAM = frozenset({OFFICER, SUPERVISOR, MEDIATOR})
READERS_OF_ORGANIZATIONS = STAFF - {ANALYST, RECORDS}
EDITORS_OF_ORGANIZATIONS = OFFICERS | SUPERVISORS | COORDINATORS
# Who writes for residents, and who lets it out.
WRITERS = OFFICERS | SUPERVISORS | COORDINATORS
APPROVERS = SUPERVISORS | COORDINATORS
READERS_OF_REQUESTS = RECORDS_OFFICERS | SUPERVISORS

"""Who may read the audit, keep retention, and answer requests by people. Never when: that is the models' matter.

The audit is for records officers: coordinators, who administer accounts, are among those it watches. A request is
decided by a second person, a records officer or a supervisor, never by whoever recorded it; refusing it, which opens
nothing, the same person may do, because people also take requests back.
"""


def can_read_audit(user):
    return user.holds("records_officer")


def can_keep_retention(user):
    return user.holds("records_officer")


def can_keep_requests(user):
    return user.holds("records_officer")


def can_see_requests(user):
    return user.holds("records_officer", "supervisor")


def can_approve_request(user, request):
    return can_see_requests(user) and user.pk != request.asked_by_id


def can_refuse_request(user, request):
    return can_keep_requests(user) or can_approve_request(user, request)

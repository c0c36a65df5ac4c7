"""How programs answer requests by people: who takes part, whose guardian agreed, who mentors, who taught a workshop."""

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import audit
from core.privacy import Found, Section
from events import attending, enrolling, mentoring
from events.models import Enrollment, Event, Mentor, Pairing, Program, Workshop
from notices.models import Task
from notices.people import same_person

# What stands before the handle in a key: whose data it is.
TAKES_PART, GUARDS, MENTORS, TEACHES = "enrollment", "guardian", "mentor", "workshop"
KINDS = {
    TAKES_PART: gettext_noop("Enrollment in a program"),
    GUARDS: gettext_noop("Guardian of somebody in a program"),
    MENTORS: gettext_noop("Mentor of a program"),
    TEACHES: gettext_noop("Trainer of a workshop"),
}


def find(sought):
    """Enrollments and guardians with the same phone or e-mail; with them, mentors and trainers, by exactly the name."""
    for kind, contact in ((TAKES_PART, "contact"), (GUARDS, "guardian")):
        for row, by in same_person(Enrollment.objects.select_related("program"), sought, contact):
            yield _found(kind, row.handle, row.program, by)
    if not sought.name:
        return
    for mentor in Mentor.objects.annotate(low=Lower("named")).filter(low=sought.name).select_related("program"):
        yield _found(MENTORS, mentor.handle, mentor.program, "name", rows=1 + mentor.clearances.count())
    for row in Workshop.objects.annotate(low=Lower("trainer_named")).filter(low=sought.name).select_related("event"):
        yield _found(TEACHES, row.event.reference, row.event, "name")


def _found(kind, handle, record, by, rows=1):
    return Found(
        key=f"{kind}:{handle}", kind=_(KINDS[kind]), object_type=record._meta.label_lower, reference=record.reference,
        rows=rows, by=by,
    )  # fmt: skip


def _handles(keys, kind):
    return [key.partition(":")[2] for key in keys if key.startswith(f"{kind}:")]


def _enrollments(keys, kind):
    field = {TAKES_PART: "contact", GUARDS: "guardian"}[kind]
    rows = Enrollment.objects.filter(handle__in=_handles(keys, kind)).exclude(**{field: None})
    return rows.select_related("program__lead", "program__area", field).order_by("id")


def _mentors(keys):
    rows = Mentor.objects.filter(handle__in=_handles(keys, MENTORS)).exclude(named="")
    return rows.select_related("program__lead", "program__area").prefetch_related("clearances").order_by("id")


def _workshops(keys):
    rows = Workshop.objects.filter(event__reference__in=_handles(keys, TEACHES)).exclude(trainer_named="")
    return rows.select_related("event__lead", "event__area").order_by("id")


def bundle(keys):
    """What they told us and what became of it; never who else is in the program, or who guards whom."""
    for row in _enrollments(keys, TAKES_PART):
        stands = attending.standings(row.program).get(row.pk, attending.Standing())
        yield Section(
            title=_("Program %(program)s") % {"program": row.program.reference},
            facts=[
                *_program(row.program),
                *_contact(row.contact),
                (_("Age"), row.get_band_display()),
                (_("State"), row.get_state_display()),
                (_("Asked on"), _day(row.asked_on)),
                (_("A guardian's consent"), _day(row.consent_on)),
                (_("Sessions attended"), stands.present),
                (_("Sessions missed"), stands.absent),
                (_("Sessions excused"), stands.excused),
            ],
        )
    for row in _enrollments(keys, GUARDS):
        consent = [(_("Consent given on"), _day(row.consent_on)), (_("How"), row.get_consent_how_display())]
        facts = [*_program(row.program), *_contact(row.guardian), *consent]
        yield Section(title=_("Consent of a guardian, program %(program)s") % {"program": row.program}, facts=facts)
    for mentor in _mentors(keys):
        checks = [(_day(row.checked_on), str(row), _day(row.expires_on)) for row in mentor.clearances.all()]
        title = _("Mentor, program %(program)s") % {"program": mentor.program}
        yield Section(title=title, facts=[*_program(mentor.program), (_("Name"), mentor.named)], entries=checks)
    for row in _workshops(keys):
        facts = [(_("Event"), row.event.title), (_("Name"), row.trainer_named), (_("Hours"), str(row.hours))]
        yield Section(title=_("Trainer of a workshop, event %(event)s") % {"event": row.event}, facts=facts)


def _program(program):
    days = f"{_day(program.begins_on)} – {_day(program.ends_on)}"
    return [(_("Program"), program.name), (_("When"), days)]


def _contact(contact):
    return [
        (_("Name"), contact.name),
        (_("Phone"), contact.phone),
        (_("E-mail"), contact.email),
        (_("Language"), contact.language),
    ]


def _day(day):
    return date_format(day, "Y-m-d") if day else ""


@transaction.atomic
def erase(keys, *, by):
    """They take part no more, if they did, and mentor nobody; that so many enrolled stays, for the figures."""
    touched = {}
    for row in _enrollments(keys, TAKES_PART):
        _add(touched, enrolling.erase(row, by=by))
    for row in _enrollments(keys, GUARDS):
        _add(touched, enrolling.erase_guardian(row, by=by))
    for mentor in _mentors(keys):
        if mentor.left_at is None:
            mentoring.leave(mentor=mentor, by=by)
        Mentor.objects.filter(pk=mentor.pk).update(named="")
        paired = list(Pairing.objects.filter(mentor=mentor).values_list("pk", flat=True))
        _add(touched, {Mentor: [mentor.pk], Pairing: paired})
    for row in _workshops(keys):
        Workshop.objects.filter(pk=row.pk).update(trainer_named="")
        audit.record(by, "workshop.forget_trainer", row)
        _add(touched, {Workshop: [row.pk]})
    return touched


def _add(touched, more):
    for model, pks in more.items():
        touched.setdefault(model, []).extend(pks)


def correct(keys, *, request):
    """Owe the correction to whoever leads the program or the event."""
    for kind in (TAKES_PART, GUARDS):
        for row in _enrollments(keys, kind):
            _owe(request, row.program, f"{kind}:{row.handle}", "enrollments/")
    for mentor in _mentors(keys):
        _owe(request, mentor.program, f"{MENTORS}:{mentor.handle}", "mentors/")
    for row in _workshops(keys):
        _owe(request, row.event, TEACHES, "workshop/")


def _owe(request, record, key, below):
    text = {
        Program: gettext_noop("Correct what we hold on somebody in a program: request %(request)s"),
        Event: gettext_noop("Correct who taught a workshop: request %(request)s"),
    }[type(record)]
    Task.objects.owe(
        f"events.correct:{request.reference}:{record.reference}:{key}", text=text,
        values={"request": request.reference}, owner=record.lead, area=record.area, ref=record.reference,
        link=f"{record.get_absolute_url()}{below}", due_at=timezone.now(),
    )  # fmt: skip

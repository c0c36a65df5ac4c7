"""The workshop that an event is: written beside it, and read on its page."""

from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from core.versions import EditConflict
from events.models import Event, Workshop
from measures.shift import shift


def of(event):
    """The workshop that an event is, or None."""
    return Workshop.objects.filter(event=event).select_related("trainer").first()


def begun(event):
    """The workshop of an event, or a new one that is not written down yet."""
    return of(event) or Workshop(event=event)


@transaction.atomic
def save(*, form, by):
    """Write it down; of two who begin one at once the second is shown what the first wrote."""
    workshop = form.instance
    Event.objects.locked().get(pk=workshop.event_id)
    for time, counts in form.tallies().items():
        setattr(workshop, time, counts)
    if workshop.pk is None:
        current = Workshop.objects.filter(event=workshop.event_id).first()
        if current is not None:
            raise EditConflict(form, current)
        workshop.save()
    else:
        workshop = form.save_version()
        workshop.save(update_fields=["before", "after"])
    workshop.note_edit(set(form.changed_data) - {"version"}, by=by)
    return workshop


def facts(workshop):
    """What the page of the event says of it."""
    said = [
        (_("Hours"), number_format(workshop.hours)),
        (_("Trainer"), workshop.taught_by or _("Not known yet")),
    ]
    if workshop.question:
        said.append((_("Question"), workshop.question))
        moved = shift(workshop.before, workshop.after)
        if moved:
            said += _answers(moved)
            said.append((_("Change"), verdict(moved)))
    return said


def _answers(moved):
    told = _("%(mean)s on average, of %(n)d answers")
    yield _("Before"), told % {"mean": _figure(moved.before), "n": moved.n_before}
    yield _("After"), told % {"mean": _figure(moved.after), "n": moved.n_after}


def _figure(number):
    """With one decimal, rounded: what writes numbers cuts them off."""
    return number_format(round(number, 1), 1)


def verdict(moved):
    """What the counts allow to be said, and no more."""
    if moved.low is None:
        return _("Cannot tell if it changed: too few answers.")
    if not moved.is_told_from_chance:
        return _("Cannot tell if it changed.")
    told = _("Rose by %(by)s") if moved.difference > 0 else _("Fell by %(by)s")
    span = sorted((abs(moved.low), abs(moved.high)))
    said = {"by": _figure(abs(moved.difference))}
    ends = {"low": _figure(span[0]), "high": _figure(span[1])}
    return f"{told % said} {_('(between %(low)s and %(high)s)') % ends}"

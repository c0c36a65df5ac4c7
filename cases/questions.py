"""What is asked on the screen as questions for paper: boxes to tick and lines to write on, and nobody's answers."""

from typing import NamedTuple

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cases.follow_up_forms import AnswerForm
from cases.readiness_forms import ScreeningForm
from notices.forms import WAYS
from notices.models import Contact


class Question(NamedTuple):
    """One question. A box alone has no text above it; what has no boxes has lines."""

    text: str
    boxes: list
    lines: int = 0


def of_follow_up(follow_up, party):
    """Whether the agreement holds, as this side is asked of it."""
    return _asked_in(AnswerForm(follow_up=follow_up, party=party, submit=""))


def of_screening(party):
    """What the facilitator asks in private."""
    return _asked_in(ScreeningForm(party=party, cancel=""))


def of_reaching():
    """How somebody may be reached. On the screen it is asked of an officer, on paper of the person."""
    ways = [*WAYS, "no_safe_phone"]
    return [
        _written(_("What do you want to be called?")),
        _written(_("In which language do you want to talk to us?")),
        _written(_("Your phone number, if there is one that is safe")),
        _written(_("Your e-mail address, if there is one that is safe")),
        Question(
            _("Which ways are safe? Tick a way only if nobody else hears it or reads it."),
            [str(capfirst(Contact._meta.get_field(way).verbose_name)) for way in ways],
        ),
        _written(_("Between which hours?")),
        Question(
            _("What should we take care of?"),
            [_("Nothing on the screen may show who writes."), _("Do not mention the police.")],
        ),
        _written(_("What else should we know to reach you safely?"), lines=2),
        Question("", [_("I agree to get messages about this by the ways that I ticked.")]),
    ]


def _written(text, lines=1):
    return Question(text, [], lines)


def _asked_in(form):
    """The fields of a form in the order in which the screen shows them."""
    return [_question(form.fields[pointer.name]) for pointer in form.helper.layout.get_field_names()]


def _question(field):
    label = str(field.label)
    if isinstance(field, forms.BooleanField):
        return Question("", [label])
    # Who would rather say nothing ticks nothing.
    boxes = [str(words) for value, words in getattr(field, "choices", ()) if value != ""]
    return Question(label, boxes) if boxes else _written(label, lines=4)

"""Letters and forms for one party, in one language. Nothing here reads communications, an answer to a screening
or another party; the questions of a follow-up alone name the terms of every side."""

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from cases import questions
from cases.models import Wording
from cases.paper_codes import Paper, code_of
from core import pdf


class Kind(models.TextChoices):
    INVITATION = "invitation", _("Invitation")
    NOTICE = "notice", _("Confidentiality notice")
    CONSENT = "consent", _("Consent to mediate")
    CLOSING = "closing", _("Closing letter")
    REACH = "reach", _("How may we reach you?")
    SCREENING = "screening", _("Screening questions")


@dataclass(frozen=True)
class Written:
    """What a letter says: paragraphs, questions, boxes to tick, lines to sign on, and which version of a text it is."""

    title: str
    paragraphs: list
    questions: tuple = ()
    boxes: tuple = ()
    lines: tuple = ()
    version: str = ""


def render(kind, party):
    """The letter as tagged PDF in the language that is active; None where that text was never published in it."""
    words = words_of(kind, party)
    return None if words is None else pdf.render("cases/letter.typ", words)


def words_of(kind, party):
    """Everything that stands on the paper; None where its text was never published in this language."""
    written = WRITERS[kind](party)
    return None if written is None else _laid_out(written, party, code_of(Paper[kind.name], party.case, party))


def follow_up(follow_up, party):
    """The questions whether an agreement holds, for one side, as tagged PDF in the language that is active."""
    return pdf.render("cases/letter.typ", words_of_follow_up(follow_up, party))


def words_of_follow_up(follow_up, party):
    """Everything that stands on the paper with the questions of a follow-up: the same as on the screen."""
    written = Written(
        title=now_("How are things going?"),
        paragraphs=[
            _called(party),
            now_(
                "On %(on)s you agreed on something with somebody else. Please tell us how it went since then. "
                "It takes about three minutes."
            )
            % {"on": date_format(follow_up.agreement.agreed_on, "DATE_FORMAT")},
            now_("The other side never sees what you answer, and is asked in the same way."),
            now_("You may pass over every question but one. Nobody enforces the agreement."),
            _give_back(),
        ],
        questions=questions.of_follow_up(follow_up, party),
    )
    return _laid_out(written, party, code_of(Paper.FOLLOW_UP, party.case, follow_up, party))


def _laid_out(written, party, code):
    agency = settings.AGENCY
    return {
        "paper": settings.PAPER,
        "title": written.title,
        "sender": [str(agency["unit"]), str(agency["name"]), agency["phone"]],
        "day": date_format(timezone.localdate(), "DATE_FORMAT"),
        "to": party.full_name,
        "paragraphs": written.paragraphs,
        "questions": [question._asdict() for question in written.questions],
        "boxes": written.boxes,
        "lines": written.lines,
        # By this whoever enters the paper later finds the case, the person and the text that was given.
        "foot": " · ".join(filter(None, [code, str(party.get_role_display()), written.version])),
    }


def _called(party):
    return now_("Dear %(name)s,") % {"name": party}


def _call_us():
    return now_("If you have questions, call %(phone)s. An interpreter costs you nothing.") % {
        "phone": settings.AGENCY["phone"]
    }


def _give_back():
    """Where what was filled in goes."""
    agency = settings.AGENCY
    place = ", ".join(filter(None, [str(agency["unit"]), str(agency["name"]), agency["address"]]))
    return now_(
        "Give it back to the officer or send it to: %(place)s. Or call %(phone)s and tell us your answers. An "
        "interpreter costs you nothing."
    ) % {"place": place, "phone": agency["phone"]}


def _invitation(party):
    return Written(
        title=now_("An invitation to talk"),
        paragraphs=[
            _called(party),
            now_(
                "Somebody asked us to help with a disagreement that concerns you too. We take no side and decide "
                "nothing. We help people to find an answer of their own."
            ),
            now_(
                "First one of us would like to hear from you alone how you see it. Taking part is free and voluntary. "
                "You may say no, and you may stop at any time."
            ),
            now_("Please call within two weeks to say whether you would like to talk, and when and where suits you."),
            _call_us(),
        ],
    )


def _given(kind, **more):
    """The text in force of a kind, or None where it was never published in this language."""
    text = Wording.objects.filter(kind=kind, language=get_language()).order_by("-version").first()
    if text is None:
        return None
    paragraphs = [line for line in text.body.splitlines() if line.strip()]
    return Written(title=text.get_kind_display(), paragraphs=paragraphs, version=str(text), **more)


def _notice(party):
    return _given(Wording.Kind.NOTICE, lines=(now_("Given to me on (day), my name or initials"),))


def _consent(party):
    lines = [now_("Signature"), now_("Day")]
    if party.is_minor:
        lines.append(now_("Signature of a parent or guardian"))
    boxes = (now_("I agree to take part."), now_("I do not agree to take part."))
    return _given(Wording.Kind.CONSENT, boxes=boxes, lines=tuple(lines))


def _closing(party):
    return Written(
        title=now_("Our work on this has ended"),
        paragraphs=[
            _called(party),
            now_("we have closed our file %(case)s. Nothing more is expected of you.") % {"case": party.case.reference},
            now_(
                "If you made an agreement with somebody, it is yours: nobody enforces it. If it does not work, or "
                "something new comes up, call us and we talk again."
            ),
            now_(
                "If you were not content with us, tell us or the body that hears complaints about the police. Our page "
                "“How to complain” says how: %(url)s"
            )
            % {"url": settings.PUBLIC_URL},
            _call_us(),
        ],
    )


def _reach(party):
    return Written(
        title=str(Kind.REACH.label),
        paragraphs=[
            _called(party),
            now_(
                "Tell us how we may reach you safely. Leave empty what you would rather not say. You may change all of "
                "it at any time."
            ),
            _give_back(),
        ],
        questions=questions.of_reaching(),
    )


def _screening(party):
    return Written(
        title=str(Kind.SCREENING.label),
        paragraphs=[
            now_(
                "For the facilitator alone. Ask in private, where nobody else can hear. Leave this paper with nobody, "
                "and destroy it once it is entered."
            ),
        ],
        questions=questions.of_screening(party),
    )


WRITERS = {
    Kind.INVITATION: _invitation, Kind.NOTICE: _notice, Kind.CONSENT: _consent, Kind.CLOSING: _closing,
    Kind.REACH: _reach, Kind.SCREENING: _screening,
}  # fmt: skip

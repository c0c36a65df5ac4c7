"""What was told, asked and agreed in the open cases of the city, so that their pages say what their stages say."""

from datetime import timedelta

from django.conf import settings

from cases.models import (
    Agreement,
    ConflictDeclaration,
    Consent,
    FollowUp,
    FollowUpAnswer,
    NoticeGiven,
    Screening,
    Signature,
    Term,
    TermAnswer,
    Wording,
)
from liaison.demo.copy import Table

SIDES = ("initiating", "responding")
INFORMED = ("informed", "screened", "consented", "declined", "ready", "attended")
ASKED = ("screened", "consented", "ready", "attended")
AGREED = ("consented", "ready", "attended")
# A declaration stands for 30 days and is asked again; those of the city are never older.
FRESH = timedelta(days=20)
# {stage: the kind of agreement that a case at it has}.
CAME_OUT = {"agreement": "full", "partial": "partial", "follow_up": "full"}
HOLDING = ("held", "held", "partly", "held", "broken", "held", "held")
KEPT = {"held": "kept", "partly": "partly", "broken": "not_kept"}
PROMISES = (
    "No music after ten on weekdays, after midnight on Saturdays.",
    "I knock first, before I call anybody.",
    "The dog stays in when I am out after eight.",
    "I keep the driveway free from seven to nine.",
    "We look at the fence together on the first Saturday of each month.",
)


class Readiness:
    """The tables of the gate, filled for the sides of open cases as far as each has come."""

    def __init__(self, connection):
        self.notices = Table(connection, NoticeGiven, "party wording way at by")
        self.screenings = Table(connection, Screening, "party result at by")
        self.consents = Table(connection, Consent, "party wording answer mode at by")
        self.declarations = Table(connection, ConflictDeclaration, "facilitator party result at by")
        self.agreements = Table(connection, Agreement, "case kind agreed_on at by", keyed=True)
        self.between = Table(connection, Agreement.between.through, "agreement party")
        self.terms = Table(connection, Term, "agreement who what by_when", keyed=True)
        self.signatures = Table(connection, Signature, "agreement party mode at by")
        self.follow_ups = Table(connection, FollowUp, "agreement days due_on", keyed=True)
        said = "follow_up party mode holding relationship fairness voice satisfaction at by"
        self.answers = Table(connection, FollowUpAnswer, said, keyed=True)
        self.term_answers = Table(connection, TermAnswer, "answer term result")
        self.texts = {(text.kind, text.language): text.pk for text in Wording.objects.current()}

    @property
    def tables(self):
        return (
            self.notices, self.screenings, self.consents, self.declarations, self.agreements, self.between, self.terms,
            self.signatures, self.follow_ups, self.answers, self.term_answers,
        )  # fmt: skip

    def add(self, story, parties, facilitator, helper, received, now):
        """`facilitator` is the row, `helper` the person; without one nobody was screened and nobody agreed."""
        step = (now - received) / 5
        for key, person in zip(parties, story.people, strict=True):
            if person.role not in SIDES:
                continue
            if person.stage in INFORMED:
                self.notices.add(key, self._text("notice", person), "read", received + step, helper)
            if facilitator is None or story.scene.violence:
                continue
            if person.stage in ASKED:
                self.screenings.add(key, "suitable", received + 2 * step, helper)
            if person.stage in AGREED or person.stage == "declined":
                answer = "declined" if person.stage == "declined" else "consented"
                self.consents.add(key, self._text("consent", person), answer, "signed", received + 3 * step, helper)
            self.declarations.add(facilitator, key, "none", max(received + step, now - FRESH), helper)

    def agree(self, story, case, parties, officer, now):
        """The agreement of a case that came out with one: a promise and a signature of each side."""
        if story.state not in CAME_OUT:
            return
        followed = story.state == "follow_up"
        at = now - timedelta(days=(31 if followed else 4) + story.number % 9)
        agreement = self.agreements.add(case, CAME_OUT[story.state], at.date(), at, officer)
        terms = []
        for place, (key, person) in enumerate(zip(parties, story.people, strict=True)):
            if person.role in SIDES:
                self.between.add(agreement, key)
                day = at.date() + timedelta(days=21 + story.number % 5) if place == 0 else None
                terms.append(self.terms.add(agreement, key, PROMISES[(story.number + place) % len(PROMISES)], day))
                self.signatures.add(agreement, key, "paper", at, officer)
        sides = [key for key, person in zip(parties, story.people, strict=True) if person.role in SIDES]
        for days in settings.FOLLOW_UP_DAYS:
            due = at + timedelta(days=days)
            follow_up = self.follow_ups.add(agreement, days, due.date())
            for place, key in enumerate(sides if due <= now else ()):
                self._answer(follow_up, key, terms, story.number + place, due.replace(hour=15), officer)

    def _answer(self, follow_up, party, terms, drawn, at, officer):
        """Most hold; here and there a side says that one does not."""
        holding = HOLDING[drawn % len(HOLDING)]
        getting_on = {"held": "better", "partly": "same", "broken": "worse"}[holding]
        marks = (3 + drawn % 3, 3 + (drawn + 1) % 3, 2 + drawn % 4)
        answer = self.answers.add(follow_up, party, "call", holding, getting_on, *marks, at, officer)
        for term in terms:
            self.term_answers.add(answer, term, KEPT[holding])

    def _text(self, kind, person):
        """In their language where there is one, else in English with an interpreter."""
        return self.texts.get((kind, person.language), self.texts[kind, "en"])

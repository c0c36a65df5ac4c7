"""A restorative circle: whether one fits, who was met before it and is ready, and how it is going to be held.

Decisions are never changed: whoever decides again writes a new row, and the newest stands. The plan is edited.
"""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.party import Party
from core import audit
from core.history import tracked
from core.versions import Versioned


class Eligibility(models.Model):
    """Whether a circle fits this case: the person responsible says yes to their part, and everybody comes freely."""

    class Responsibility(models.TextChoices):
        YES = "yes", _("Yes")
        PARTLY = "partly", _("Partly")
        NO = "no", _("No")

    case = models.ForeignKey(Case, models.CASCADE, related_name="eligibilities")
    responsibility = models.CharField(
        _("does the person responsible accept responsibility?"), max_length=6, choices=Responsibility
    )
    voluntary = models.BooleanField(
        _("both sides know that it is voluntary and that they can stop at any time"), default=False
    )
    fits = models.BooleanField(_("a circle fits"))
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("decision whether a circle fits")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="cases_eligibility_needs_responsibility_and_will",
                condition=Q(fits=False) | Q(voluntary=True) & ~Q(responsibility="no"),
            )
        ]
        indexes = [models.Index(fields=["case", "-at"], name="cases_eligibility_newest")]

    def __str__(self):
        return str(_("A circle fits") if self.fits else _("A circle does not fit"))

    @transaction.atomic
    def decide(self, *, by):
        self.by = by
        self.save()
        audit.record(by, "eligibility.decide", self.case, fits=self.fits)


class PreCircle(models.Model):
    """One participant was met before the circle, and whether they are ready for it. For the facilitators alone."""

    # What must all be true of somebody who sits in a circle.
    NEEDED = ("ready", "willing", "able", "safe")

    party = models.ForeignKey(Party, models.CASCADE, related_name="pre_circles")
    met_on = models.DateField(_("met on"))
    ready = models.BooleanField(_("they are ready: they know how it goes and what they want to say"), default=False)
    willing = models.BooleanField(_("they are willing: they come of their own will"), default=False)
    able = models.BooleanField(_("they are able: they can listen, and speak for themselves"), default=False)
    safe = models.BooleanField(_("it is not likely that somebody is harmed again"), default=False)
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("meeting before a circle")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["party", "-at"], name="cases_pre_circle_newest")]

    def __str__(self):
        return str(_("Ready for a circle") if self.goes else _("Not ready for a circle"))

    @property
    def goes(self):
        return all(getattr(self, name) for name in self.NEEDED)

    @transaction.atomic
    def record(self, *, by):
        """Keep it. The audit says that somebody was met and whether they are ready, never what is missing."""
        self.by = by
        self.save()
        audit.record(by, "precircle.record", self.party.case, kind=audit.Kind.COLLECTION, goes=self.goes)


@tracked()
class CirclePlan(Versioned):
    """How a circle is held: who speaks after whom, and what the keeper says and asks. Nothing that was told in it."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="circle_plan")
    with_harmed = models.BooleanField(_("the order was chosen together with the person harmed"), default=False)
    talking_piece = models.CharField(
        _("talking piece"), max_length=120, blank=True, help_text=_("What goes round: whoever holds it speaks.")
    )
    opening = models.TextField(_("opening"), max_length=2_000, blank=True)
    guidelines = models.TextField(
        _("guidelines"), max_length=2_000, blank=True, help_text=_("What everybody agrees to before it begins.")
    )
    rounds = models.TextField(
        _("rounds"), max_length=4_000, blank=True, help_text=_("The question of each round, one on a line.")
    )
    closing = models.TextField(_("closing"), max_length=2_000, blank=True)

    class Meta:
        verbose_name = _("plan of a circle")

    def __str__(self):
        return self.case.reference

    @property
    def is_sealed(self):
        return self.case.is_sealed

    @property
    def reference(self):
        """Under which its case finds it in the audit."""
        return self.case.reference

    @property
    def questions(self):
        return [line.strip() for line in self.rounds.splitlines() if line.strip()]

    @transaction.atomic
    def seat(self, parties, *, by):
        """Who speaks after whom, instead of the order before."""
        self.seats.all().delete()
        CircleSeat.objects.bulk_create(
            CircleSeat(plan=self, party=party, place=place) for place, party in enumerate(parties, start=1)
        )
        audit.record(by, "circleplan.save", self.case, seats=len(parties))


class CircleSeat(models.Model):
    """The place of one participant in the order of a circle."""

    plan = models.ForeignKey(CirclePlan, models.CASCADE, related_name="seats")
    party = models.ForeignKey(Party, models.CASCADE, related_name="seats")
    place = models.PositiveSmallIntegerField(_("place"))

    class Meta:
        verbose_name = _("place in a circle")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "place"], name="cases_circle_one_for_a_place"),
            models.UniqueConstraint(fields=["plan", "party"], name="cases_circle_seated_once"),
        ]

    def __str__(self):
        return f"{self.place}. {self.party}"

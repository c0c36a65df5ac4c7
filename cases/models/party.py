from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from core import audit
from core.history import events_of, tracked
from core.references import handle_field
from core.search import name_vector, search_query
from core.states import MoveNotAllowed
from core.versions import Versioned
from notices.models import Contact
from notices.models.contact import Rule
from partners.models import Organization

NEEDS_ICONS = {"interpreter": "translate", "access": "person-wheelchair"}


class PartyQuerySet(models.QuerySet):
    def present(self):
        """Those who still have a part in their case."""
        return self.filter(left_at=None)

    def sides(self):
        """Those between whom the case is and who still have a part in it, with how they are called."""
        return self.present().filter(role__in=Party.SIDES).select_related("contact")

    def ever_sides(self):
        """The same, and those present who stood on a side before their part was changed."""
        [history] = events_of(Party)
        stood = history.objects.filter(pgh_obj=OuterRef("pk"), role__in=Party.SIDES)
        return self.present().filter(Q(role__in=Party.SIDES) | Exists(stood)).select_related("contact")

    def visible_to(self, user):
        """People are known only inside the cases that this person may open."""
        return self.filter(case__in=Case.objects.visible_to(user))

    def matching(self, text):
        """Those of these still present whose name has every word or a word that begins so."""
        query = search_query(text)
        if query is None:
            return self.none()
        return self.present().alias(words=name_vector("contact__name")).filter(words=query)


@tracked()
class Party(Versioned):
    """Somebody with a part in a case: a side of it, or a person beside a side."""

    class Role(models.TextChoices):
        INITIATING = "initiating", _("Initiating party")
        RESPONDING = "responding", _("Responding party")
        HARMED = "harmed", _("Person harmed")
        RESPONSIBLE = "responsible", _("Person responsible")
        AFFECTED = "affected", _("Affected person")
        SUPPORTER = "supporter", _("Supporter")
        COMMUNITY = "community", _("Community member")
        REPRESENTATIVE = "representative", _("Representative")
        GUARDIAN = "guardian", _("Parent or guardian")
        INTERPRETER = "interpreter", _("Interpreter")
        OBSERVER = "observer", _("Observer")

    # The sides of restorative work alone: elsewhere nobody is called by what they did or suffered.
    RESTORATIVE = (Role.HARMED, Role.RESPONSIBLE)
    SIDES = (Role.INITIATING, Role.RESPONDING, *RESTORATIVE)
    # Who waits for us first, and who is asked to come because of them.
    ASKS, IS_ASKED = (Role.INITIATING, Role.HARMED), (Role.RESPONDING, Role.RESPONSIBLE)
    # They help others to take part, and have no place in a circle of their own.
    ASIDE = (Role.INTERPRETER, Role.OBSERVER)
    # What was asked of somebody, said by them or planned with them, by its name on a party.
    ON_RECORD = (
        "consents", "consents_for_others", "screenings", "notices_given", "declarations", "pre_circles", "sessions",
        "agreements", "terms", "follow_up_answers",
    )  # fmt: skip

    class Stage(models.TextChoices):
        IDENTIFIED = "identified", _("Identified")
        INVITED = "invited", _("Invited")
        REACHED = "reached", _("Reached")
        NOT_REACHED = "not_reached", _("Not reached")
        INFORMED = "informed", _("Informed")
        SCREENED = "screened", _("Screened")
        CONSENTED = "consented", _("Consented")
        DECLINED = "declined", _("Declined")
        READY = "ready", _("Ready")
        ATTENDED = "attended", _("Attended")
        NO_SHOW = "no_show", _("No-show")
        EVALUATED = "evaluated", _("Evaluated")
        FOLLOWED_UP = "followed_up", _("Followed up")

    handle = handle_field()
    case = models.ForeignKey(Case, models.CASCADE, related_name="parties")
    contact = models.OneToOneField(Contact, models.PROTECT, related_name="party")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organization")
    )
    role = models.CharField(_("part in the case"), max_length=14, choices=Role)
    beside = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="companions", verbose_name=_("with which party")
    )
    is_minor = models.BooleanField(_("under 18"), default=False)
    needs_interpreter = models.BooleanField(_("needs an interpreter"), default=False)
    access_needs = models.CharField(_("access needs"), max_length=200, blank=True)
    stage = models.CharField(
        _("where they stand"), max_length=12, choices=Stage, default=Stage.IDENTIFIED, editable=False
    )
    reached_at = models.DateTimeField(null=True, editable=False)
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    left_at = models.DateTimeField(null=True, editable=False)

    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["added_at", "id"]

    def __str__(self):
        return self.contact.name

    @property
    def full_name(self):
        """The person, and whom they stand for where they are here for an organization."""
        return f"{self.contact.name}, {self.organization.name}" if self.organization else self.contact.name

    def get_absolute_url(self):
        return reverse("cases:party_edit", args=[self.case.reference, self.handle])

    @property
    def is_sealed(self):
        return self.case.is_sealed

    @property
    def is_side(self):
        return self.role in self.SIDES

    @cached_property
    def counts_as_side(self):
        """They stand on a side, or stood on one: what is asked of a side stays asked of them."""
        return self.is_side or type(self).objects.ever_sides().filter(pk=self.pk).exists()

    @property
    def answers_for_themselves(self):
        """They are given the notice and asked for consent: every side, in a circle every minor as well, and whoever
        answered before, so that a no can become a yes.
        """
        return self.counts_as_side or self.is_minor and self.case.is_restorative or self.consents.exists()

    @property
    def is_on_record(self):
        """Whether something was asked of them, said by them or planned with them."""
        return any(getattr(self, name).exists() for name in self.ON_RECORD)

    @property
    def sits_in_circle(self):
        return self.role not in self.ASIDE

    @property
    def safe_rules(self):
        """How they may be reached, and what they need when one meets them: icons with words."""
        rules = self.contact.safe_rules
        if self.needs_interpreter:
            rules.append(Rule(NEEDS_ICONS["interpreter"], _("Needs an interpreter")))
        if self.access_needs:
            rules.append(Rule(NEEDS_ICONS["access"], self.access_needs))
        return rules

    @transaction.atomic
    def join(self, *, by):
        """Add the party to its case."""
        self.case.stay_open()
        self.save()
        audit.record(by, "party.join", self.case, kind=audit.Kind.COLLECTION, role=self.role)

    @transaction.atomic
    def leave(self, *, by):
        """End their part in the case; what was recorded with them stays as long as the case."""
        ended = type(self).objects.present().filter(pk=self.pk).update(left_at=timezone.now())
        if not ended:
            raise MoveNotAllowed(_("%(party)s has left this case already.") % {"party": self})
        self.refresh_from_db(fields=["left_at"])
        audit.record(by, "party.leave", self.case, role=self.role)

    def must_be_in(self, case):
        """Refuse where they left, or a merge or its undoing took them to another case. Who asks holds the case."""
        if not type(self).objects.present().filter(pk=self.pk, case=case).exists():
            raise MoveNotAllowed(_("%(party)s is no longer a party of %(case)s.") % {"party": self, "case": case})

    @transaction.atomic
    def note_attempt(self, stage, *, at):
        """What a call or letter means for where they stand: a further stage is never taken back by it."""
        early = (self.Stage.IDENTIFIED, self.Stage.INVITED, self.Stage.NOT_REACHED)
        rows = type(self).objects.filter(pk=self.pk)
        if rows.filter(stage__in=early).update(stage=stage):
            self.stage = stage
        if stage == self.Stage.REACHED and rows.filter(reached_at=None).update(reached_at=at):
            self.reached_at = at


class FacilitatorQuerySet(models.QuerySet):
    def serving(self):
        return self.filter(ended_at=None)


@tracked()
class Facilitator(models.Model):
    """Who leads the process: an officer or volunteer mediator with an account, or an external service."""

    class Kind(models.TextChoices):
        OFFICER = "officer", _("Officer")
        VOLUNTEER = "volunteer", _("Volunteer mediator")
        EXTERNAL = "external", _("External service")

    class Part(models.TextChoices):
        LEAD = "lead", _("Lead")
        CO = "co", _("Co-facilitator")

    handle = handle_field()
    case = models.ForeignKey(Case, models.CASCADE, related_name="facilitators")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="facilitating",
        verbose_name=_("person"),
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("service")
    )
    part = models.CharField(_("part"), max_length=4, choices=Part, default=Part.LEAD)
    since = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = FacilitatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("facilitator")
        ordering = ["-part", "since", "id"]
        constraints = [
            models.CheckConstraint(
                name="cases_facilitator_is_a_person_or_a_service",
                condition=Q(kind="external", organization__isnull=False, user=None)
                | ~Q(kind="external") & Q(user__isnull=False, organization=None),
            ),
            models.UniqueConstraint(
                fields=["case", "user"], condition=Q(ended_at=None, user__isnull=False), name="cases_facilitator_once"
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None, part="lead"), name="cases_one_lead_facilitator"
            ),
        ]

    def __str__(self):
        return str(self.user or self.organization)

    @transaction.atomic
    def begin(self, *, by):
        """They help with this case from now on, and see it by that."""
        self.case.stay_open()
        self.case.keep_out_of_the_team(self.user, by=by)
        self.save()
        audit.record(by, "facilitator.begin", self.case, part=self.part, kind_of=self.kind)

    @transaction.atomic
    def end(self, *, by):
        """They no longer help with this case; from this moment nothing resolves to them by it."""
        ended = type(self).objects.serving().filter(pk=self.pk).update(ended_at=timezone.now())
        if not ended:
            raise MoveNotAllowed(_("%(facilitator)s no longer helps with this case.") % {"facilitator": self})
        self.refresh_from_db(fields=["ended_at"])
        audit.record(by, "facilitator.end", self.case, part=self.part)

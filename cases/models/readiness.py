"""What makes a case ready for a joint session: one row for each thing that was asked, told, declared or agreed.

Rows are never changed: whoever asks again writes a new one, and the newest stands. Only a consent ends, when it is
withdrawn.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.party import Facilitator, Party
from core import audit
from core.references import handle_field
from core.states import MoveNotAllowed, pair


def _by():
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)


class WordingQuerySet(models.QuerySet):
    def current(self):
        """Of each kind and language the newest version: what parties are given from now on."""
        return self.order_by("kind", "language", "-version").distinct("kind", "language")


class Wording(models.Model):
    """One version, in one language, of a text that parties are given. It never changes: a new text is a new version."""

    class Kind(models.TextChoices):
        NOTICE = "notice", _("Confidentiality notice")
        CONSENT = "consent", _("Consent to mediate")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    version = models.PositiveSmallIntegerField(_("version"), editable=False)
    body = models.TextField(_("text"), max_length=20_000)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)

    objects = WordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice or consent text")
        verbose_name_plural = _("notice and consent texts")
        ordering = ["kind", "language", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "language", "version"], name="cases_wording_one_of_a_version")
        ]

    def __str__(self):
        return _("%(kind)s, %(language)s, version %(version)s") % {
            "kind": self.get_kind_display(),
            "language": self.get_language_display(),
            "version": self.version,
        }

    @property
    def name(self):
        """How the audit names it."""
        return f"{self.kind}.{self.language}.{self.version}"

    @transaction.atomic
    def publish(self, *, by):
        """Keep it as the next version; of two who publish at once the second gets the next number."""
        same = type(self).objects.filter(kind=self.kind, language=self.language)
        list(same.select_for_update().values_list("pk", flat=True))
        self.version = (same.aggregate(last=Max("version"))["last"] or 0) + 1
        self.made_by = by
        self.save()
        audit.record(by, "wording.publish", self, kind=audit.Kind.ADMINISTRATION, reference=self.name)


class ConflictDeclaration(models.Model):
    """What a facilitator says about their own neutrality toward one party."""

    class Result(models.TextChoices):
        NONE = "none", _("No conflict of interest")
        WAIVED = "waived", _("Disclosed, and every party agreed to go on")
        RECUSED = "recused", _("I step back from this case")

    # After so long it is asked again; a supervisor may let an older one stand.
    STANDS = timedelta(days=30)

    handle = handle_field()
    facilitator = models.ForeignKey(Facilitator, models.CASCADE, related_name="declarations")
    party = models.ForeignKey(Party, models.CASCADE, related_name="declarations")
    result = models.CharField(_("declaration"), max_length=8, choices=Result)
    serious = models.BooleanField(
        _("a reasonable person would doubt that I am neutral"),
        default=False,
        help_text=_("Nobody can agree to go on with a serious conflict."),
    )
    disclosed = models.CharField(_("what was told to every party"), max_length=300, blank=True)
    hit = models.BooleanField(_("the records showed a possible conflict"), default=False, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = _by()

    class Meta:
        verbose_name = _("conflict declaration")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="cases_conflict_serious_is_never_waived", condition=Q(serious=False) | Q(result="recused")
            ),
            models.CheckConstraint(
                name="cases_conflict_waived_says_what", condition=~Q(result="waived") | ~Q(disclosed="")
            ),
        ]
        indexes = [models.Index(fields=["facilitator", "party", "-at"], name="cases_conflict_newest")]

    def __str__(self):
        return self.get_result_display()

    @transaction.atomic
    def declare(self, *, by):
        self.by = by
        self.save()
        audit.record(
            by, "conflict.declare", self.party.case, result=self.result, serious=self.serious, hit=self.hit,
            facilitator=str(self.facilitator.handle),
        )  # fmt: skip


class ScreeningQuerySet(models.QuerySet):
    def readable_by(self, user):
        """With their answers: the facilitators who serve the case today, and nobody else."""
        return self.filter(party__case__in=user.facilitating.serving().values("case"))


class Screening(models.Model):
    """One private talk with one party about safety and capacity. Its answers are for the facilitators alone."""

    class Concern(models.TextChoices):
        FEAR = "fear", _("Afraid of the other party")
        COERCION = "coercion", _("Controlled by threats or pressure")
        CONTROL = "control", _("Money, movements or contacts controlled by the other party")
        VIOLENCE = "violence", _("Violence in the past")
        THREATS = "threats", _("Threats")
        WEAPONS = "weapons", _("Weapons within reach")
        ORDERS = "orders", _("A protection order or another court order")
        CAPACITY = "capacity", _("Doubt whether they can decide for themselves today")
        SUBSTANCES = "substances", _("Alcohol or drugs")
        POWER = "power", _("Much weaker position than the other party")

    class Result(models.TextChoices):
        SUITABLE = "suitable", _("Suitable")
        WITH_CHANGES = "with_changes", _("Suitable with changes")
        NOT_SUITABLE = "not_suitable", _("Not suitable for a joint session")

    class Change(models.TextChoices):
        ROOMS = "rooms", _("Separate rooms")
        SHUTTLE = "shuttle", _("Going between them")
        SUPPORT = "support", _("A support person comes along")
        ARRIVAL = "arrival", _("Arriving and leaving at different times")
        ONLINE = "online", _("Online")
        INTERPRETER = "interpreter", _("An interpreter")

    handle = handle_field()
    party = models.ForeignKey(Party, models.CASCADE, related_name="screenings")
    concerns = ArrayField(models.CharField(max_length=10, choices=Concern), default=list, blank=True)
    partner_violence = models.BooleanField(
        _("violence or control between partners or in the family is indicated"),
        default=False,
        help_text=_("Blocks joint sessions and every automatic message of this case, from now on."),
    )
    result = models.CharField(_("result"), max_length=12, choices=Result)
    changes = ArrayField(models.CharField(max_length=11, choices=Change), default=list, blank=True)
    note = models.TextField(_("note"), max_length=4_000, blank=True)
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = _by()

    objects = ScreeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("screening")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="cases_screening_violence_is_not_suitable",
                condition=Q(partner_violence=False) | Q(result="not_suitable"),
            ),
            models.CheckConstraint(
                name="cases_screening_changes_follow_result",
                condition=Q(result="with_changes") & ~Q(changes=[]) | ~Q(result="with_changes") & Q(changes=[]),
            ),
        ]
        indexes = [models.Index(fields=["party", "-at"], name="cases_screening_newest")]

    def __str__(self):
        return self.get_result_display()

    @property
    def concern_words(self):
        return [self.Concern(concern).label for concern in self.concerns]

    @property
    def change_words(self):
        return [self.Change(change).label for change in self.changes]

    @transaction.atomic
    def record(self, *, by):
        """Keep it. The audit says that somebody was screened and with which result, never why."""
        self.by = by
        self.save()
        audit.record(by, "screening.record", self.party.case, kind=audit.Kind.COLLECTION, result=self.result)


class NoticeGiven(models.Model):
    """A party was told what an officer cannot keep confidential, before they agreed to anything."""

    class Way(models.TextChoices):
        READ = "read", _("Read aloud and talked through")
        PAPER = "paper", _("Given on paper and talked through")
        SENT = "sent", _("Sent, and they said that they understood it")

    party = models.ForeignKey(Party, models.CASCADE, related_name="notices_given")
    wording = models.ForeignKey(Wording, models.PROTECT, related_name="+", verbose_name=_("text and language"))
    way = models.CharField(_("how"), max_length=5, choices=Way)
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = _by()

    class Meta:
        verbose_name = _("confidentiality notice given")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["party", "-at"], name="cases_notice_newest")]

    def __str__(self):
        return str(self.wording)

    @transaction.atomic
    def give(self, *, by):
        self.by = by
        self.save()
        audit.record(by, "notice.give", self.party.case, wording=self.wording.name, way=self.way)


class ConsentQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(withdrawn_at=None)

    def refusing_guardians(self, party):
        """The keys of those whose newest answer for somebody, as their parent or guardian, is a no."""
        rows = self.filter(party=party).exclude(guardian=None).order_by("at", "id")
        newest = {row.guardian_id: row for row in rows}
        return [guardian for guardian, row in newest.items() if not row.stands]


class Consent(models.Model):
    """What a party answered when asked to take part, freely and knowing the notice; for a minor also their guardian."""

    class Answer(models.TextChoices):
        CONSENTED = "consented", _("Agreed to take part")
        DECLINED = "declined", _("Declined")

    class Mode(models.TextChoices):
        SIGNED = "signed", _("Signed on paper")
        VERBAL = "verbal", _("Said so, with a witness")
        E_FORM = "e_form", _("Signed on a screen")

    handle = handle_field()
    party = models.ForeignKey(Party, models.CASCADE, related_name="consents")
    guardian = models.ForeignKey(
        Party, models.CASCADE, null=True, blank=True, related_name="consents_for_others", verbose_name=_("who answered")
    )
    wording = models.ForeignKey(Wording, models.PROTECT, related_name="+", verbose_name=_("text and language"))
    answer = models.CharField(_("answer"), max_length=9, choices=Answer)
    mode = models.CharField(_("how"), max_length=6, choices=Mode)
    witness = models.CharField(_("witness"), max_length=80, blank=True)
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = _by()
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        ordering = ["-at", "-id"]
        constraints = [
            pair("cases_consent_withdrawn_pair", "withdrawn_at", "withdrawn_by"),
            models.CheckConstraint(
                name="cases_consent_verbal_has_a_witness", condition=~Q(mode="verbal") | ~Q(witness="")
            ),
        ]
        indexes = [models.Index(fields=["party", "-at"], name="cases_consent_newest")]

    def __str__(self):
        return self.get_answer_display()

    @property
    def stands(self):
        return self.answer == self.Answer.CONSENTED and self.withdrawn_at is None

    @transaction.atomic
    def record(self, *, by):
        self.by = by
        self.save()
        audit.record(
            by, "consent.record", self.party.case, answer=self.answer, mode=self.mode, wording=self.wording.name
        )

    @transaction.atomic
    def withdraw(self, *, by):
        """It ends at once, whatever was planned on it."""
        now = timezone.now()
        if not type(self).objects.standing().filter(pk=self.pk).update(withdrawn_at=now, withdrawn_by=by):
            raise MoveNotAllowed(_("This consent was withdrawn already."))
        self.refresh_from_db(fields=["withdrawn_at", "withdrawn_by"])
        audit.record(by, "consent.withdraw", self.party.case)


class GateOverride(models.Model):
    """A supervisor let one lapsed formality pass, with a reason. `lapsed` names its row, so a newer one is asked."""

    class Kind(models.TextChoices):
        NOTICE = "notice", _("Older version of the confidentiality notice")
        CONSENT = "consent", _("Older version of the consent form")
        CONFLICT = "conflict", _("Conflict declaration older than 30 days")
        CONTACT = "contact", _("Safe-contact rules not confirmed in time")

    case = models.ForeignKey(Case, models.CASCADE, related_name="gate_overrides")
    kind = models.CharField(max_length=8, choices=Kind)
    lapsed = models.CharField(max_length=60)
    reason = models.TextField(_("reason"), max_length=1_000)
    at = models.DateTimeField(default=timezone.now)
    by = _by()

    class Meta:
        verbose_name = _("override of a check")
        verbose_name_plural = _("overrides of checks")
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["case", "kind", "lapsed"], name="cases_override_once")]

    def __str__(self):
        return self.get_kind_display()

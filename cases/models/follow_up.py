from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.agreement import Agreement, Term
from cases.models.party import Party
from core import audit
from core.references import handle_field
from core.secret_links import SecretLink, SecretLinkQuerySet
from core.states import MoveNotAllowed


class FollowUp(models.Model):
    """Some time after an agreement each side is asked, apart from the other, whether it holds."""

    handle = handle_field()
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="follow_ups")
    days = models.PositiveSmallIntegerField(_("days after the agreement"))
    due_on = models.DateField(_("ask on"))

    class Meta:
        verbose_name = _("follow-up")
        ordering = ["due_on", "id"]
        constraints = [models.UniqueConstraint(fields=["agreement", "days"], name="cases_follow_up_once")]

    def __str__(self):
        return _("Follow-up after %(days)s days") % {"days": self.days}

    def get_absolute_url(self):
        return reverse("cases:follow_up_detail", args=[self.case.reference, self.handle])

    @property
    def case(self):
        return self.agreement.case

    def sides(self):
        """Who is asked. The terms are theirs alone."""
        return self.agreement.sides()

    @transaction.atomic
    def ask_on(self, day, *, by):
        """Choose another day to ask."""
        type(self).objects.filter(pk=self.pk).update(due_on=day)
        self.due_on = day
        audit.record(by, "followup.move", self.case, days=self.days)


class FollowUpLinkQuerySet(SecretLinkQuerySet):
    def opened_by(self, secret):
        """The link that a code or a token opens today: not run out, its party still there and one of those between
        whom the agreement is, and no sign of violence.
        """
        return self.named(secret).filter(
            follow_up__due_on__gte=timezone.localdate() - FollowUpLink.LASTS,
            party__left_at=None, follow_up__agreement__between=F("party"),
            follow_up__agreement__case__violence_indicated=False,
        )  # fmt: skip


class FollowUpLink(SecretLink):
    """How one side answers a follow-up without an account. It can be shown again.

    Lost ones are replaced by counting up `issue`; those before open nothing from then on.
    """

    PURPOSE = "follow-up"
    LASTS = timedelta(days=45)

    follow_up = models.ForeignKey(FollowUp, models.CASCADE, related_name="links")
    party = models.ForeignKey(Party, models.CASCADE, related_name="follow_up_links")
    issue = models.PositiveSmallIntegerField(default=1, editable=False)

    objects = FollowUpLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link of a follow-up")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["follow_up", "party"], name="cases_follow_up_link_once")]

    @property
    def drawn_from(self):
        return f"{self.handle} {self.issue}"

    @property
    def address(self):
        return settings.PUBLIC_URL + reverse("links:follow_up", args=[self.token])

    @property
    def ends_on(self):
        return self.follow_up.due_on + self.LASTS

    @transaction.atomic
    def renew(self, *, by):
        """A fresh link and code; those before open nothing from now on."""
        row = type(self).objects.select_for_update().get(pk=self.pk)
        self.issue = row.issue + 1
        self._keep_digests()
        self.save(update_fields=["issue", "code_digest", "token_digest"])
        audit.record(by, "followup.renew_link", self.follow_up.case)


def _scale(words):
    return models.PositiveSmallIntegerField(
        words, null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )


class FollowUpAnswer(models.Model):
    """What one side answered at a follow-up. It is never changed, and the other side never sees it."""

    class Holding(models.TextChoices):
        HELD = "held", _("It holds")
        PARTLY = "partly", _("It holds in part")
        BROKEN = "broken", _("It does not hold")

    class Mode(models.TextChoices):
        LINK = "link", _("By the link")
        CALL = "call", _("By phone")
        VISIT = "visit", _("In person")
        PAPER = "paper", _("On paper")

    class Relationship(models.TextChoices):
        BETTER = "better", _("Better")
        SAME = "same", _("The same")
        WORSE = "worse", _("Worse")

    class Again(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        UNSURE = "unsure", _("Not sure")

    # How much somebody agrees with a sentence, 1 to 5.
    AGREE = (
        (1, _("Not at all")), (2, _("A little")), (3, _("In part")), (4, _("Mostly")), (5, _("Entirely")),
    )  # fmt: skip

    follow_up = models.ForeignKey(FollowUp, models.CASCADE, related_name="answers")
    party = models.ForeignKey(Party, models.CASCADE, related_name="follow_up_answers")
    mode = models.CharField(_("how they answered"), max_length=5, choices=Mode)
    holding = models.CharField(_("the agreement as a whole"), max_length=6, choices=Holding)
    relationship = models.CharField(_("how you get on since"), max_length=6, choices=Relationship, blank=True)
    police_again = models.BooleanField(_("the police were called again"), null=True, blank=True)
    fairness = _scale(_("I was treated fairly"))
    voice = _scale(_("I could say what mattered to me"))
    satisfaction = _scale(_("I am satisfied with how it went"))
    would_again = models.CharField(_("would you do it again"), max_length=6, choices=Again, blank=True)
    call_me = models.BooleanField(_("please call me"), default=False)
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = _("answer to a follow-up")
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["follow_up", "party"], name="cases_follow_up_answer_once")]

    def __str__(self):
        return self.get_holding_display()

    @transaction.atomic
    def give(self, of_terms, *, by):
        """Keep it with what was said of each term, {term: result}; of two answers of one side the first stays."""
        FollowUp.objects.select_for_update().get(pk=self.follow_up_id)
        if self.follow_up.answers.filter(party=self.party).exists():
            raise MoveNotAllowed(_("%(party)s has answered already.") % {"party": self.party})
        self.by = by
        self.save()
        rows = [TermAnswer(answer=self, term=term, result=result) for term, result in of_terms.items()]
        TermAnswer.objects.bulk_create(rows)
        who = by or "resident"
        audit.record(who, "followup.answer", self.follow_up.case, kind=audit.Kind.COLLECTION, mode=self.mode)


class TermAnswer(models.Model):
    """What one side said of one term."""

    class Result(models.TextChoices):
        KEPT = "kept", _("Kept")
        PARTLY = "partly", _("Kept in part")
        NOT_KEPT = "not_kept", _("Not kept")
        NOT_YET = "not_yet", _("Not due yet")

    answer = models.ForeignKey(FollowUpAnswer, models.CASCADE, related_name="of_terms")
    term = models.ForeignKey(Term, models.CASCADE, related_name="answers")
    result = models.CharField(_("how it was kept"), max_length=8, choices=Result)

    class Meta:
        verbose_name = _("answer on a term")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["answer", "term"], name="cases_term_answer_once")]

    def __str__(self):
        return self.get_result_display()

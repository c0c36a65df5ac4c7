import pgtrigger
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from core import audit
from core.bilingual import in_this_language
from core.history import tracked
from core.states import MoveNotAllowed, pair
from core.versions import Versioned
from portal.models.drafted import Drafted, DraftedQuerySet, by_staff

LONGEST = 4_000
LONGEST_REASON = 300
# What residents read of a version, and what is copied into the next one.
SAID = ("kind", "title_en", "title_es", "body_en", "body_es")
NO_REASON = {"withdrawn_why_en": "", "withdrawn_why_es": ""}


def said_by(version):
    """What residents were told by a version and since when, in SQL."""
    return f"({', '.join(f'{version}.{name}' for name in (*SAID, 'why_en', 'why_es', 'published_at'))})"


class UpdateQuerySet(DraftedQuerySet):
    def shown(self):
        """What residents were ever shown: of what was withdrawn, that it was."""
        return self.exclude(in_force=None)

    def published(self):
        """What residents read now, newest first. What was corrected keeps its place."""
        return self.shown().exclude(state=Update.State.WITHDRAWN).order_by("-published_at", "-id")

    def whole(self):
        """With the rows that every page of one update names."""
        return self.select_related("owner", "newest__changed_by", "in_force", "sent_by", "back_by", "withdrawn_by")


@tracked()
class Update(Drafted):
    """A short public page: news, a tip for safety, a correction of something that was said.

    Its state is where the work on its newest text stands. Residents read the text that is in force, which is an
    earlier one while a change of it is written and looked at.
    """

    LETTER = "N"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        WAITING = "waiting", _("Waiting for approval")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    MOVES = {
        State.WAITING: {State.DRAFT},
        State.DRAFT: {State.WAITING, State.PUBLISHED},
        State.PUBLISHED: {State.WAITING},
        State.WITHDRAWN: {State.DRAFT, State.WAITING, State.PUBLISHED},
    }

    state = models.CharField(max_length=9, choices=State, default=State.DRAFT, editable=False)
    newest = models.OneToOneField("UpdateVersion", models.PROTECT, null=True, related_name="+", editable=False)
    in_force = models.OneToOneField("UpdateVersion", models.PROTECT, null=True, related_name="+", editable=False)
    published_at = models.DateTimeField(_("first published"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = by_staff(null=True)
    withdrawn_why_en = models.CharField(_("why, in English"), max_length=LONGEST_REASON, blank=True)
    withdrawn_why_es = models.CharField(_("why, in Spanish"), max_length=LONGEST_REASON, blank=True)

    objects = UpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("update for residents")
        verbose_name_plural = _("updates for residents")
        ordering = ["-made_at", "-id"]
        constraints = [
            pair("portal_update_sent_pair", "sent_at", "sent_by"),
            pair("portal_update_back_pair", "back_at", "back_by", back_note=""),
            pair("portal_update_withdrawn_pair", "withdrawn_at", "withdrawn_by", **NO_REASON),
            models.CheckConstraint(
                name="portal_update_withdrawn_follows_state",
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | ~Q(state="withdrawn") & Q(withdrawn_at=None),
            ),
            pair("portal_update_in_force_since", "in_force", "published_at"),
            models.CheckConstraint(
                name="portal_update_what_is_out_is_in_force",
                condition=~Q(state__in=["published", "withdrawn"]) | Q(in_force__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["-published_at", "-id"], condition=~Q(in_force=None), name="portal_update_newest"),
            models.Index(fields=["state", "-made_at"], name="portal_update_state"),
        ]

    def get_absolute_url(self):
        """The page on which staff work on it."""
        return reverse("portal:update_detail", args=[self.reference])

    @property
    def public_url(self):
        """The page that residents read, as it is written in feeds and posts."""
        return settings.PUBLIC_URL + reverse("portal:update", args=[self.reference])

    @property
    def is_shown(self):
        """Whether residents read it now."""
        return self.in_force_id is not None and self.state != self.State.WITHDRAWN

    @property
    def is_withdrawn(self):
        return self.state == self.State.WITHDRAWN

    @property
    def withdrawn_why(self):
        return in_this_language(self.withdrawn_why_en, self.withdrawn_why_es)

    @property
    def changed_at(self):
        """When residents were last told something else by it: the day it was withdrawn, or its text came into force."""
        return self.withdrawn_at or self.in_force.published_at

    def lacks(self):
        return UpdateVersion.objects.get(pk=self.newest_id).lacks()

    # The verbs. Those that owe somebody a task are called by `approving` and `publishing` alone ------------------

    @transaction.atomic
    def write(self, version, *, by):
        """Begin it with the first version of its text."""
        self.owner = by
        self.save()
        self._begin(version, by)
        audit.record(by, "update.write", self)

    def _begin(self, version, by):
        version.update, version.written_by, version.changed_by = self, by, by
        version.save()
        self.newest = version
        self.save(update_fields=["newest"])
        self.writers.set([by])

    @transaction.atomic
    def edit(self, form, *, by):
        """Write what a form brings into the draft; of two who edit at once the second is shown both texts."""
        self._hold()
        self.refuse_unless_draft()
        version = form.save_version()
        UpdateVersion.objects.filter(pk=version.pk).update(changed_at=timezone.now(), changed_by=by)
        self.writers.add(by)
        audit.record(by, "update.edit", self, fields=sorted(set(form.changed_data) - {"version"}))

    def send(self, *, by):
        """Ask a second person to let it out."""
        self._send(by=by)

    @transaction.atomic
    def send_back(self, note, *, by):
        """It is to be changed before anybody lets it out."""
        self._hold()
        if not self.is_waiting:
            raise MoveNotAllowed(now_("%(thing)s does not wait for approval.") % {"thing": self})
        self._send_back(note, by=by)

    @transaction.atomic
    def publish(self, *, by, seen):
        """Residents read the newest text from now on."""
        self._hold()
        now = timezone.now()
        self._move(self.State.PUBLISHED, by=by, in_force=self.newest, published_at=self.published_at or now)
        self._refuse_if_changed(seen, self.newest.version)
        self.newest.come_into_force(by=by, at=now)

    @transaction.atomic
    def change(self, *, by):
        """Begin another text, a copy of the one in force, which stays in force until the other is approved."""
        self._hold()
        self._refuse_unless_published()
        self._move(self.State.DRAFT, by=by, sent_at=None, sent_by=None)
        self._begin(self.in_force.copied(), by)

    @transaction.atomic
    def withdraw(self, *, why_en, why_es, by):
        """Residents no longer read it, and read why. What was being changed of it is not published any more."""
        self._hold()
        if self.in_force_id is None:
            raise MoveNotAllowed(now_("%(thing)s was never published.") % {"thing": self})
        why = {"withdrawn_why_en": why_en, "withdrawn_why_es": why_es}
        self._move(self.State.WITHDRAWN, by=by, withdrawn_at=timezone.now(), withdrawn_by=by, **why)

    @transaction.atomic
    def renew(self, review_on, *, by):
        """Somebody looked at it and it still holds: another day for looking again."""
        self._hold()
        self._refuse_unless_published()
        self.in_force.review_on = review_on
        self.in_force.save(update_fields=["review_on"])
        audit.record(by, "update.renew", self, until=review_on.isoformat())

    def _refuse_unless_published(self):
        if self.state != self.State.PUBLISHED:
            told = now_("%(thing)s is not published, or somebody is changing it already.")
            raise MoveNotAllowed(told % {"thing": self})


@tracked()
class UpdateVersion(Versioned):
    """One text of an update in both languages. Once it came into force it is never changed: a change is the next one.

    `version` counts the edits of the draft; `number` is what residents and staff call the version.
    """

    class Kind(models.TextChoices):
        NEWS = "news", _("News")
        SAFETY = "safety", _("Safety tip")
        CORRECTION = "correction", _("Correction")

    update = models.ForeignKey(Update, models.CASCADE, related_name="versions", editable=False)
    number = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title_en = models.CharField(_("title in English"), max_length=120)
    title_es = models.CharField(_("title in Spanish"), max_length=120, blank=True)
    body_en = models.TextField(_("text in English"), max_length=LONGEST, blank=True)
    body_es = models.TextField(_("text in Spanish"), max_length=LONGEST, blank=True)
    why_en = models.CharField(_("what was changed and why, in English"), max_length=LONGEST_REASON, blank=True)
    why_es = models.CharField(_("what was changed and why, in Spanish"), max_length=LONGEST_REASON, blank=True)
    review_on = models.DateField(_("look at it again on"))
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    written_by = by_staff()
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_by = by_staff()
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = by_staff(null=True)

    class Meta:
        verbose_name = _("version of an update")
        verbose_name_plural = _("versions of updates")
        ordering = ["update", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["update", "number"], name="portal_update_version_once"),
            pair("portal_update_version_published_pair", "published_at", "published_by"),
            models.CheckConstraint(
                name="portal_update_version_by_two",
                condition=Q(published_by=None) | ~Q(published_by=F("written_by")) & ~Q(published_by=F("changed_by")),
            ),
            models.CheckConstraint(
                name="portal_update_version_in_both_languages",
                condition=Q(published_at=None) | ~Q(title_en="") & ~Q(title_es="") & ~Q(body_en="") & ~Q(body_es=""),
            ),
            models.CheckConstraint(
                name="portal_update_version_says_why",
                condition=Q(published_at=None) | Q(number=1) | ~Q(why_en="") & ~Q(why_es=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="published_never_changes", operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"OLD.published_at IS NOT NULL AND {said_by('OLD')} IS DISTINCT FROM {said_by('NEW')}"
                ),
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.title_en

    @property
    def title(self):
        return in_this_language(self.title_en, self.title_es)

    @property
    def body(self):
        return in_this_language(self.body_en, self.body_es)

    @property
    def why(self):
        return in_this_language(self.why_en, self.why_es)

    @property
    def is_change(self):
        """Whether residents read something else before it."""
        return self.number > 1

    @property
    def review_is_due(self):
        return self.review_on <= timezone.localdate()

    def lacks(self):
        """The fields without which it is not published, and a day of review that is still to come."""
        needed = ["title_en", "title_es", "body_en", "body_es"]
        needed += ["why_en", "why_es"] if self.is_change else []
        missing = [self._meta.get_field(name).verbose_name for name in needed if not getattr(self, name)]
        return missing + ([now_("a day of review that is still to come")] if self.review_is_due else [])

    def copied(self):
        """The next version, as it is before anybody changes it. Why it is changed is for them to say."""
        same = {name: getattr(self, name) for name in (*SAID, "review_on")}
        return UpdateVersion(number=self.number + 1, **same)

    def come_into_force(self, *, by, at):
        if self.review_is_due:
            raise MoveNotAllowed(now_("Its day of review has passed. Send it back and have another one chosen."))
        self.published_at, self.published_by = at, by
        self.save(update_fields=["published_at", "published_by"])

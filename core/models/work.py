import hashlib
import uuid
from datetime import timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """A file made or received by the product. Its path says nothing about its content or owner."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("file name"), max_length=120)
    content_type = models.CharField(max_length=80)
    file = models.FileField(upload_to="stored/%Y/%m")
    sha256 = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    delete_after = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("stored file")
        ordering = ["-made_at", "-id"]

    def __str__(self):
        return self.name

    @classmethod
    def keep(cls, name, content_type, content, *, by, delete_after=None):
        """Write bytes to the disk under a name that says nothing, and the row that names them."""
        file = cls(name=name, content_type=content_type, made_by=by, delete_after=delete_after)
        file.sha256 = hashlib.sha256(content).hexdigest()
        file.file.save(f"{file.key}.bin", ContentFile(content), save=False)
        file.save()
        return file

    def destroy(self):
        """Remove the bytes once the row is gone for good."""
        stored, path = self.file.storage, self.file.name
        using = self._state.db
        self.delete()
        transaction.on_commit(lambda: stored.delete(path), using=using)


class SavedView(models.Model):
    """A filter of a list that somebody wants back: the query string is the filter."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", editable=False)
    page = models.CharField(max_length=60, editable=False)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=500, blank=True, editable=False)
    shared = models.BooleanField(_("show it to the whole unit"), default=False)
    is_default = models.BooleanField(_("open the list with it"), default=False)

    class Meta:
        verbose_name = _("saved view")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="core_one_view_of_a_name"),
            models.UniqueConstraint(
                fields=["user", "page"], condition=Q(is_default=True), name="core_one_default_view_a_page"
            ),
        ]

    def __str__(self):
        return self.name


class Draft(models.Model):
    """What somebody typed and did not yet save. It survives the session, a conflict and a lost connection."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=80)
    subject = models.CharField(max_length=80, blank=True)
    path = models.CharField(max_length=300)
    fields = models.JSONField(default=dict)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("draft")
        ordering = ["-saved_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["user", "form", "subject"], name="core_one_draft_of_a_form")]

    def __str__(self):
        return f"{self.form} {self.subject}".strip()


class IdempotencyKey(models.Model):
    """One press of one button: the second press of the same key is answered with the first one's address."""

    key = models.UUIDField(primary_key=True)
    owner = models.CharField(max_length=64)
    location = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("idempotency key")
        ordering = ["-at"]
        indexes = [models.Index(fields=["at"], name="core_key_age")]

    def __str__(self):
        return str(self.key)


class JobQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What somebody asked for is theirs alone: the result may hold what others may not see."""
        return self.filter(owner=user)

    def claimable(self, now):
        """Waiting, or left behind by a worker that died: a runner bears being run again from the start."""
        return self.filter(Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING, touched_at__lt=now - Job.LEASE))


class Job(models.Model):
    """Long work that the worker does while the person goes on: what runs, how far it is, what came out.

    Its state is written under a lease by core.jobs alone, so it has no table of moves.
    """

    # A worker that has not said anything for so long is dead: no task may run longer than two minutes.
    LEASE = timedelta(minutes=3)

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting to start")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="jobs")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING, editable=False)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)
    link = models.CharField(max_length=300, blank=True)
    parameters = models.JSONField(default=dict)
    result = models.ForeignKey(StoredFile, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="core_job_ended_at_follows_state",
                condition=Q(state__in=["done", "failed"], ended_at__isnull=False)
                | ~Q(state__in=["done", "failed"]) & Q(ended_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(state__in=["waiting", "running"]), name="core_job_open"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("core:job_detail", args=[self.key])

    @property
    def is_running(self):
        return self.state in (self.State.WAITING, self.State.RUNNING)

    def advance(self, done, total=None, message=""):
        """Say how far the work is; this also keeps the lease."""
        self.done, self.touched_at = done, timezone.now()
        self.total, self.message = self.total if total is None else total, message or self.message
        self.save(update_fields=["done", "total", "message", "touched_at"])


class Heartbeat(models.Model):
    """When a regular act last ran to its end: the tick of the outbox, the nightly purge, the sealing of the audit."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("heartbeat")
        ordering = ["name"]

    def __str__(self):
        return self.name

    @classmethod
    def beat(cls, name):
        cls.objects.update_or_create(name=name, defaults={"at": timezone.now()})

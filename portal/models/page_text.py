from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit
from core.states import pair


class Page(models.TextChoices):
    """The public pages whose text a coordinator may write."""

    PRIVACY = "privacy", _("How we protect your privacy")
    ACCESSIBILITY = "accessibility", _("Accessibility")
    COMPLAINTS = "complaints", _("How to complain about police")
    MEDIATION = "mediation", _("How mediation works")
    ABOUT = "about", _("About this site, and its languages")


class PageTextQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Drafts and old versions are the coordinators' alone; residents read what is in force."""
        return self if user.is_coordinator else self.none()

    def in_force(self, slug, language):
        """The text that residents read now, or None: the newest published version."""
        published = self.filter(slug=slug, language=language).exclude(published_at=None)
        return published.order_by("-version").first()

    def latest_version(self, slug, language):
        """The newest version, published or not, or None."""
        return self.filter(slug=slug, language=language).order_by("-version").first()

    def newest_of_each(self):
        """For each page and language its newest version among these: {(page, language): text}."""
        newest = self.order_by("slug", "language", "-version").distinct("slug", "language")
        return {(text.slug, text.language): text for text in newest}


class PageText(models.Model):
    """One version of a public page in one language. Saving makes a new version; publishing is an act of its own."""

    slug = models.CharField(_("page"), max_length=20, choices=Page)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    version = models.PositiveIntegerField(_("version"), editable=False)
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"))
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    objects = PageTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of a page")
        ordering = ["slug", "language", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["slug", "language", "version"], name="portal_page_text_one_of_a_version"),
            pair("portal_page_text_published_pair", "published_at", "published_by"),
        ]

    def __str__(self):
        return f"{self.get_slug_display()} ({self.language})"

    @property
    def reference(self):
        return f"{self.slug}.{self.language}.{self.version}"

    @transaction.atomic
    def publish(self, *, by):
        """From now on residents read this version. Publishing it twice changes nothing."""
        text = PageText.objects.select_for_update(of=("self",)).get(pk=self.pk)
        if text.published_at is None:
            text.published_at, text.published_by = timezone.now(), by
            text.save(update_fields=["published_at", "published_by"])
            audit.record(by, "pagetext.publish", text, kind=audit.Kind.ADMINISTRATION)

from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from core import audit
from core.history import tracked
from core.references import Referenced, handle_field
from core.search import SearchField, search_query
from core.versions import Versioned
from notices.models import Contact

# An organization is no secret among those who work with residents; analysts see figures alone.
READERS = ("officer", "supervisor", "coordinator", "mediator", "victim_advocate")


class OrganizationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.holds(*READERS) else self.none()

    def active(self):
        return self.filter(active=True)

    def search(self, user, text):
        """Organizations whose name or note match every word."""
        query = search_query(text)
        return self.none() if query is None else self.visible_to(user).filter(vector=query)


@tracked(exclude=["vector"])
class Organization(Referenced, Versioned):
    """Any organization, once: a party of a case, a partner, a provider of services, an agency."""

    LETTER = "O"

    class Kind(models.TextChoices):
        SCHOOL = "school", _("School")
        FAITH = "faith", _("Faith community")
        BUSINESS = "business", _("Business")
        HEALTH = "health", _("Health service")
        NONPROFIT = "nonprofit", _("Non-profit")
        TENANTS = "tenants", _("Tenants' or residents' group")
        LANDLORD = "landlord", _("Landlord or property manager")
        GOVERNMENT = "government", _("Government agency")
        OTHER = "other", _("Other")

    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.OTHER)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="organizations", verbose_name=_("area")
    )
    website = models.URLField(_("website"), blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    active = models.BooleanField(_("active"), default=True)
    vector = SearchField("reference", "name", "note")

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["name", "id"], name="partners_organization_name"),
            GinIndex(fields=["vector"], name="partners_organization_vector"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("partners:organization_detail", args=[self.reference])

    @transaction.atomic
    def add(self, *, by):
        self.save()
        audit.record(by, "organization.add", self, kind=audit.Kind.COLLECTION)


class OrganizationContact(models.Model):
    """A person at an organization, with the part they play there."""

    handle = handle_field()
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="people")
    contact = models.OneToOneField(Contact, models.PROTECT, related_name="at_organization")
    role = models.CharField(_("role"), max_length=80, blank=True)
    is_main = models.BooleanField(_("main contact"), default=False)

    class Meta:
        verbose_name = _("contact at an organization")
        verbose_name_plural = _("contacts at organizations")
        ordering = ["-is_main", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], condition=models.Q(is_main=True), name="partners_one_main_contact"
            )
        ]

    def __str__(self):
        return self.role or str(self.organization)

    @transaction.atomic
    def keep(self, *, by):
        """Save the person's part; there is one main contact at a time, the one named last."""
        if self.is_main:
            self.organization.people.exclude(pk=self.pk).filter(is_main=True).update(is_main=False)
        self.save()
        audit.record(by, "organization.contact", self.organization, kind=audit.Kind.COLLECTION)

    @transaction.atomic
    def forget(self, *, by):
        """They are no longer there: the person and how they were reached are deleted."""
        contact = self.contact
        self.delete()
        contact.delete()
        audit.record(by, "organization.contact_gone", self.organization, kind=audit.Kind.ERASURE)

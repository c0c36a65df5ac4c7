from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.party import Party
from core import audit
from core.history import tracked
from core.references import handle_field
from core.secret_links import SecretLink, SecretLinkQuerySet
from core.states import MoveNotAllowed, pair
from partners.models import Organization


class JoinedAgencyQuerySet(models.QuerySet):
    def joined(self):
        return self.filter(ended_at=None)


@tracked()
class JoinedAgency(models.Model):
    """Another agency has a part in a case for some time: what for, and what it may see if every side consents."""

    class See(models.TextChoices):
        SUMMARY = "summary", _("Summary")
        STAGE = "stage", _("Stage")
        APPOINTMENTS = "appointments", _("Days and times of planned joint appointments")
        AGREEMENT = "agreement", _("What the sides agreed on")

    handle = handle_field()
    case = models.ForeignKey(Case, models.CASCADE, related_name="agencies")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("agency"))
    person = models.CharField(_("contact person there"), max_length=120)
    purpose = models.CharField(_("what for"), max_length=200)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    sees = ArrayField(models.CharField(max_length=12, choices=See), verbose_name=_("what it may see"))
    consented = models.ManyToManyField(
        Party, blank=True, related_name="agencies_consented", verbose_name=_("who consented in writing")
    )
    # How often it was changed: of two who change it, the second is told.
    changed = models.PositiveSmallIntegerField(default=0, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)

    objects = JoinedAgencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("joined agency")
        verbose_name_plural = _("joined agencies")
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "organization"], condition=Q(ended_at=None), name="cases_joined_agency_once"
            ),
            models.CheckConstraint(name="cases_joined_agency_period", condition=Q(ends_on__gte=F("starts_on"))),
            pair("cases_joined_agency_ended_pair", "ended_at", "ended_by"),
        ]

    def __str__(self):
        return str(self.organization)

    def get_absolute_url(self):
        return reverse("cases:agency_detail", args=[self.case.reference, self.handle])

    @property
    def see_words(self):
        return [self.See(choice).label for choice in self.sees]

    def obstacles(self):
        """Why it is shown nothing now, in words for staff; where there are none, its link opens.

        Asked anew at each opening, so whatever changes shuts the page at once: a consent taken back, a side who joined
        and was not asked, a seal, a sign of violence.
        """
        signed = self.consented.through.objects.filter(joinedagency=self.pk, party=OuterRef("pk"))
        sides, today = list(self.case.parties.sides().annotate(signed=Exists(signed))), timezone.localdate()
        missing = [str(side) for side in sides if not side.signed]
        days = {"from": date_format(self.starts_on, "DATE_FORMAT"), "to": date_format(self.ends_on, "DATE_FORMAT")}
        found = (
            (self.ended_at, _("Its part has ended.")),
            (today < self.starts_on, _("Its part begins on %(from)s.") % days),
            (today > self.ends_on, _("Its time was over on %(to)s.") % days),
            (self.case.is_closed, _("The case is closed.")),
            (self.case.is_sealed, _("The case is sealed.")),
            (self.case.violence_indicated, _("There is a sign of violence in this case.")),
            (not sides, _("The case has no side who could consent.")),
            (missing, _("Written consent is missing: %(who)s.") % {"who": ", ".join(missing)}),
        )
        return [words for stands, words in found if stands]

    @transaction.atomic
    def join(self, consented, *, by):
        """Give it a part in the case, with the written consents that are there."""
        self.case = Case.objects.locked().get(pk=self.case_id)
        refuse_outsiders(self.case)
        self.by = by
        self.save()
        self.consented.set(consented)
        self._record(by, "agency.join", kind=audit.Kind.COLLECTION, sees=self.sees, consented=len(consented))

    @transaction.atomic
    def change(self, consented, *, by, seen, **fields):
        """Another person, period, purpose or view, and who consents to it; `seen` is the count its reader had."""
        self._hold()
        if self.changed != seen:
            raise MoveNotAllowed(_("Somebody changed this in the meantime."))
        fields["changed"] = self.changed + 1
        type(self).objects.filter(pk=self.pk).update(**fields)
        for name, value in fields.items():
            setattr(self, name, value)
        # What those signed who have left the case stays on record.
        left = self.consented.exclude(pk__in=self.case.parties.sides())
        self.consented.set([*consented, *left])
        self._record(by, "agency.change", sees=self.sees, consented=len(consented))

    @transaction.atomic
    def end(self, *, by):
        """Its part is over: nothing is shown to it any more, and its link is gone."""
        self._hold()
        self.ended_at, self.ended_by = timezone.now(), by
        self.save(update_fields=["ended_at", "ended_by"])
        self._drop_link()
        self._record(by, "agency.end")

    @transaction.atomic
    def issue_link(self, *, by):
        """A fresh link and code; those before open nothing from now on."""
        refuse_outsiders(self.case)
        self._hold()
        self._drop_link()
        link = AgencyLink(agency=self)
        link.issue_first()
        self._record(by, "agency.issue_link")
        return link

    @transaction.atomic
    def revoke_link(self, *, by):
        """Whoever holds the link opens nothing by it from now on."""
        self._hold()
        self._drop_link()
        self._record(by, "agency.revoke_link")

    @transaction.atomic
    def write(self, text):
        """Keep what it tells us by its link."""
        update = self.updates.create(text=text)
        self._record("agency", "agency.update", kind=audit.Kind.COLLECTION)
        return update

    def note_opening(self):
        """What is shown to it leaves the house: one entry for each time."""
        self._record("agency", "agency.open", kind=audit.Kind.DISCLOSURE, sees=self.sees)

    def _hold(self):
        """Hold it until the transaction ends; refused once its part is over."""
        rows = type(self).objects.select_for_update(of=("self",))
        self.refresh_from_db(fields=["ended_at", "changed"], from_queryset=rows)
        if self.ended_at:
            raise MoveNotAllowed(_("The part of %(agency)s in this case has ended.") % {"agency": self})

    def _drop_link(self):
        AgencyLink.objects.filter(agency=self).delete()

    def _record(self, by, act, **facts):
        audit.record(by, act, self.case, agency=self.organization.reference, **facts)


def refuse_outsiders(case):
    """Refuse where nobody outside may have a part: the case is closed or sealed, or there is a sign of violence."""
    case.refuse_if_closed()
    if case.is_sealed:
        raise MoveNotAllowed(_("%(case)s is sealed. No agency is joined to a sealed case.") % {"case": case})
    if case.violence_indicated:
        told = _("There is a sign of violence in %(case)s, so no agency is joined to it.")
        raise MoveNotAllowed(told % {"case": case})


class AgencyLink(SecretLink):
    """How an agency reads and writes without an account. It is shown once; a lost one is replaced by a fresh row."""

    PURPOSE = "agency"

    agency = models.OneToOneField(JoinedAgency, models.CASCADE, related_name="link")

    objects = SecretLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link of a joined agency")
        ordering = ["id"]

    @property
    def address(self):
        return self._address_of(self.token)

    @property
    def spoken(self):
        """The same page for who writes it down from the phone."""
        return self._address_of(self.code)

    def _address_of(self, told):
        return settings.PUBLIC_URL + reverse("links:agency", args=[told])


class AgencyUpdate(models.Model):
    """What an agency told us through its link. It is never changed."""

    LONGEST = 2_000

    agency = models.ForeignKey(JoinedAgency, models.CASCADE, related_name="updates")
    text = models.TextField(_("what the agency wrote"), max_length=LONGEST)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("update of a joined agency")
        verbose_name_plural = _("updates of joined agencies")
        ordering = ["-at", "-id"]

    def __str__(self):
        return str(self.agency)

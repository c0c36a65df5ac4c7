import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from accounts.models.user import Role, User
from areas.models import Area
from core import audit
from core.keyed import digest
from core.references import Referenced
from core.states import MoveNotAllowed
from notices.models import Contact

INVITATION_LASTS = timedelta(days=7)
TOKEN_BYTES = 16  # 128 bits: nobody guesses that, so a plain keyed hash of it is enough.


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.is_coordinator else self.none()

    def open(self):
        """Neither accepted nor withdrawn; the link may have run out, and can be sent again."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    @transaction.atomic
    def invite(self, email, *, name, roles, by, language="en", areas=()):
        """Invite somebody; gives the row and the token of its link, which is stored nowhere.

        `by` is the word "command" when the first coordinator of an installation is invited from the command line.
        """
        email = email.lower()
        contact = Contact.objects.create(name=name, email=email, may_email=True, language=language)
        invited_by = by if isinstance(by, User) else None
        invitation = Invitation(email=email, name=name, contact=contact, roles=sorted(roles), invited_by=invited_by)
        token = invitation.new_link()
        try:
            with transaction.atomic():
                invitation.save()
        except IntegrityError as error:
            raise MoveNotAllowed(now_("This address was invited already.")) from error
        invitation.areas.set(areas)
        audit.record(by, "invitation.send", invitation, kind=audit.Kind.ADMINISTRATION, roles=invitation.roles)
        return invitation, token

    def with_token(self, token):
        """The invitation that a link still opens, if any."""
        return self.open().filter(digest=digest("invitation", token), expires_at__gt=timezone.now())


class Invitation(Referenced):
    """A coordinator invites a new member of staff: a link by e-mail, good once and for some days.

    Only a hash of the link's token is kept, so no copy of the database opens an account.
    """

    LETTER = "V"

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name as they sign"), max_length=80, help_text=_("For example “Ofc. R. Imani”."))
    contact = models.OneToOneField(Contact, models.PROTECT, related_name="staff_invitation", editable=False)
    roles = models.JSONField(_("roles"), default=list)
    areas = models.ManyToManyField(Area, blank=True, related_name="+", verbose_name=_("areas served"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="invitations", editable=False)
    invited_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(editable=False)
    mailed_at = models.DateTimeField(null=True, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        ordering = ["-invited_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["email"], condition=Q(accepted_at=None, withdrawn_at=None), name="accounts_one_open_invitation"
            ),
            models.CheckConstraint(
                name="accounts_invitation_ends_one_way", condition=Q(accepted_at=None) | Q(withdrawn_at=None)
            ),
        ]

    def __str__(self):
        return self.email

    @property
    def role_names(self):
        return [Role(role).label for role in self.roles]

    @property
    def has_run_out(self):
        return self.expires_at <= timezone.now()

    def new_link(self):
        """Draw a token and keep its hash. Whoever calls this saves the row and hands the token to the mail alone."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self.digest, self.expires_at = digest("invitation", token), timezone.now() + INVITATION_LASTS
        self.mailed_at = None
        return token

    @transaction.atomic
    def renew(self, *, by):
        """A fresh link, good for the full time again; the earlier one stops working."""
        self._lock_open()
        token = self.new_link()
        self.save(update_fields=["digest", "expires_at", "mailed_at"])
        audit.record(by, "invitation.renew", self, kind=audit.Kind.ADMINISTRATION)
        return token

    @transaction.atomic
    def withdraw(self, *, by):
        """End the invitation: its link opens nothing from now on. True if it was open until now."""
        open_row = type(self).objects.open().filter(pk=self.pk)
        ended = open_row.update(withdrawn_at=timezone.now())
        if ended:
            self.refresh_from_db()
            audit.record(by, "invitation.withdraw", self, kind=audit.Kind.ADMINISTRATION)
        return bool(ended)

    @transaction.atomic
    def accept(self, *, password):
        """Turn the invitation into a member of staff with a verified address; of two racing presses one does."""
        self._lock_open()
        user = User.objects.create_user(self.email, name=self.name, password=password, contact=self.contact)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        for role in self.roles:
            user.role_grants.create(role=role, granted_by=self.invited_by)
        for area in self.areas.all():
            user.areas_served.create(area=area)
        self.accepted_at = timezone.now()
        self.save(update_fields=["accepted_at"])
        audit.record(user, "invitation.accept", self, kind=audit.Kind.ADMINISTRATION, roles=sorted(self.roles))
        return user

    def _lock_open(self):
        if not type(self).objects.select_for_update().open().filter(pk=self.pk).exists():
            raise MoveNotAllowed(now_("This invitation was accepted or withdrawn."))

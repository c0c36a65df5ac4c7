"""Members of staff for tests."""

import factory
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from accounts.models import Role, User

PASSWORD = "a plain sentence nobody guesses"
# The secret behind the one-time codes of everybody made with `second_factor=True`.
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class UserFactory(factory.django.DjangoModelFactory):
    """A member of staff with a verified address, no role and no area.

    Name roles and areas: `UserFactory(supervisor=True, areas=[precinct])`. `second_factor=True` gives one-time codes
    and recovery codes, `disabled=True` a person who left.
    """

    class Meta:
        model = User

    class Params:
        officer = supervisor = coordinator = analyst = records_officer = mediator = victim_advocate = False

    name = factory.Sequence(lambda n: f"Ofc. Test {n}")
    email = factory.Sequence(lambda n: f"staff{n}@example.org")
    password = PASSWORD
    roles = factory.LazyAttribute(lambda wanted: [role for role in Role if getattr(wanted, role)])
    areas = ()
    second_factor = False
    disabled = False

    @classmethod
    def _create(cls, model_class, *args, roles, areas, second_factor, disabled, **fields):
        user = model_class.objects.create_user(**fields)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        if disabled:
            user.disable(by=cls())
        for role in roles:
            user.role_grants.create(role=role)
        for area in areas:
            user.areas_served.create(area=area)
        if second_factor and not disabled:
            TOTP.activate(user, TOTP_SECRET)
            RecoveryCodes.activate(user)
        return user

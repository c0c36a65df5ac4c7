"""Accounts: who holds what, and what ends when somebody leaves."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from accounts.models import Role, User
from tests.factories.accounts import UserFactory


@pytest.mark.parametrize("role", list(Role))
def test_factory_gives_the_role_named(db, role):
    user = UserFactory(**{role.value: True})

    assert user.roles == {role}
    assert EmailAddress.objects.filter(user=user, verified=True, primary=True).count() == 1


def test_factory_disabled_has_no_credential_left(db):
    user = User.objects.get(pk=UserFactory(supervisor=True, disabled=True).pk)

    assert not user.is_active
    assert not user.has_usable_password()
    assert not Authenticator.objects.filter(user=user).exists()

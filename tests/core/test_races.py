"""Two people make the same thing at once: one makes it, the other is told so and loses nothing that they typed."""

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from areas.models import Venue
from cases.models import Facilitator
from core.models import Draft, LegalHold
from portal.models import PageText
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory, VenueFactory
from tests.factories.cases import CaseFactory, FacilitatorFactory
from tests.racing import just_before

pytestmark = pytest.mark.django_db(transaction=True)
TOO_LATE = "Somebody else made the same a moment before you"
KEPT = "What you typed is kept for 14 days"


def keyed(**fields):
    return {"idempotency_key": str(uuid.uuid4()), **fields}


@pytest.mark.parametrize("written", [0, 1])
def test_two_coordinators_who_save_a_page_at_once_make_two_versions(sign_in, written):
    first, second = UserFactory(coordinator=True), UserFactory(coordinator=True)
    address = reverse("portal:text_edit", args=["privacy", "en"])
    for _ in range(written):
        sign_in(first).post(address, keyed(title="Zero", body="Before."))

    with just_before(lambda: sign_in(first).post(address, keyed(title="One", body="First."))):
        answer = sign_in(second).post(address, keyed(title="Two", body="Second."))

    assert answer.url == reverse("portal:text_preview", args=["privacy", "en", written + 2])
    assert PageText.objects.count() == written + 2
    assert PageText.objects.get(version=written + 2).body == "Second."


def venue(client):
    area = AreaFactory()
    fields = {"name": "Hall", "area": area.pk, "address": "1 Test Street", "active": "on"}
    return client, reverse("areas:venue_create"), fields, lambda: VenueFactory(name="Hall", area=area), Venue


def hold(client):
    case, officer = CaseFactory(), UserFactory(records_officer=True)
    held = {"object_type": "cases.case", "reference": case.reference, "reason": "A court asks"}
    return (
        client,
        reverse("core:hold_create"),
        held,
        lambda: LegalHold.objects.create(placed_by=officer, **held),
        LegalHold,
    )


def lead(client):
    case = CaseFactory(area=AreaFactory())
    client.user.areas_served.create(area=case.area)
    fields = {"kind": "volunteer", "part": "lead", "user": UserFactory(mediator=True).pk}
    address = reverse("cases:facilitator_add", args=[case.reference])
    earlier = FacilitatorFactory.build(case=case, user=UserFactory(mediator=True))
    return client, address, fields, lambda: earlier.begin(by=client.user), Facilitator


@pytest.mark.parametrize("is_keyed", [True, False])
@pytest.mark.parametrize(("role", "thing"), [("coordinator", venue), ("records_officer", hold), ("supervisor", lead)])
def test_who_comes_a_moment_too_late_is_told_so(sign_in, role, thing, is_keyed):
    user = UserFactory(**{role: True})
    client = sign_in(user)
    client.user = user
    _client, address, fields, other, model = thing(client)

    with just_before(other):
        answer = client.post(address, keyed(**fields) if is_keyed else fields)

    assert answer.status_code == 409
    assert TOO_LATE in answer.content.decode()
    assert KEPT in answer.content.decode()
    assert model.objects.count() == 1
    draft = Draft.objects.get(user=user)
    assert all(draft.fields[name] == [str(value)] for name, value in fields.items())
    assert "idempotency_key" not in draft.fields


def test_the_gate_sees_that_nobody_waited():
    with pytest.raises(AssertionError, match="no race"), just_before(lambda: None):
        pass


def test_a_broken_promise_of_ours_stays_an_error(sign_in, monkeypatch):
    """Only what somebody else made first is 409: a check constraint that fails is our mistake, and says so."""
    client = sign_in(UserFactory(coordinator=True))
    client.raise_request_exception = False

    def broken(*args, **kwargs):
        with transaction.atomic():
            LegalHold.objects.create(placed_by=UserFactory(), lifted_by=UserFactory())

    with pytest.raises(IntegrityError):
        broken()
    monkeypatch.setattr("portal.forms.PageTextForm.save", broken)
    answer = client.post(reverse("portal:text_edit", args=["privacy", "en"]), keyed(title="T", body="B"))
    assert answer.status_code == 500

"""The form by which staff write down how a person may be reached safely."""

from datetime import date, time, timedelta

import pytest
from crispy_forms.utils import render_crispy_form
from django.utils import timezone

from core.models import AuditEntry
from notices.forms import ContactForm
from notices.models import Notice, Purpose
from tests.factories.accounts import UserFactory
from tests.factories.notices import ContactFactory, NoticeFactory
from tests.notices.trial import mails  # noqa: F401 -- registers the kinds

BASIC = {"name": "Marta V.", "language": "es", "phone": "(206) 555-0142"}


def filled(**fields):
    return ContactForm({**BASIC, **fields})


def test_person_with_a_text_and_hours(db):
    form = filled(
        may_sms="on", agreed="on", hours_from="17", hours_to="21:30", neutral="on",
        reconfirm_on_day="1", reconfirm_on_month="2", reconfirm_on_year="2027",
    )  # fmt: skip

    assert form.is_valid(), form.errors
    contact = form.save(by=UserFactory())

    contact.refresh_from_db()
    assert (contact.phone, contact.phone_e164) == ("(206) 555-0142", "+12065550142")
    assert (contact.hours_from, contact.hours_to, contact.neutral) == (time(17), time(21, 30), True)
    assert (contact.reconfirm_on, contact.confirmed_on) == (date(2027, 2, 1), timezone.localdate())
    assert list(contact.consents.values_list("purpose", "channel", "withdrawn_at")) == [("case", "sms", None)]
    assert AuditEntry.objects.filter(act="contact.consent").count() == 1


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"phone": ""}, "phone"),
        ({"phone": "", "may_call": "on"}, "may_call"),
        ({"no_safe_phone": "on", "may_voicemail": "on"}, "no_safe_phone"),
        ({"phone": "555-0142", "may_sms": "on"}, "phone"),
        ({"phone": "call my sister", "may_sms": "on"}, "phone"),
        ({"may_email": "on"}, "email"),
        ({"may_chat": "on"}, "chat"),
        ({"email": "x@example.org\nBcc: y@example.org", "may_email": "on"}, "email"),
        ({"hours_from": "25:00"}, "hours_from"),
        ({"name": ""}, "name"),
    ],
)
def test_way_that_is_ticked_needs_its_address(fields, where):
    form = filled(**fields)

    assert not form.is_valid()
    assert where in form.errors


def test_no_safe_phone_is_an_answer_of_its_own(db):
    form = filled(phone="", no_safe_phone="on")

    assert form.is_valid(), form.errors
    assert form.save(by=UserFactory()).phone_e164 == ""


def test_consent_is_asked_for_and_taken_back(db):
    contact, officer = ContactFactory(), UserFactory()
    form = ContactForm({**BASIC, "may_sms": "on"}, instance=contact)
    assert form.initial["agreed"] is True
    assert form.is_valid(), form.errors

    form.save(by=officer)

    assert not contact.consents.filter(withdrawn_at=None).exists()
    assert contact.consents.count() == 2
    again = ContactForm({**BASIC, "may_sms": "on", "agreed": "on"}, instance=contact, purpose=Purpose.CASE)
    assert again.is_valid()
    again.save(by=officer)
    assert contact.consents.filter(withdrawn_at=None).count() == 1
    assert contact.consents.count() == 3


def test_rules_that_open_let_blocked_notices_go(db, settings):
    settings.SMS_URL = "json://127.0.0.1:9/?:to={to}"
    contact = ContactFactory(may_email=False, may_sms=False, agreed=())
    notice = NoticeFactory(
        contact=contact,
        channel="",
        state=Notice.State.BLOCKED,
        reason="no_way",
        ended_at=timezone.now(),
        due_at=timezone.now() + timedelta(days=1),
    )
    form = ContactForm({**BASIC, "may_sms": "on", "agreed": "on"}, instance=contact)
    assert form.is_valid()

    form.save(by=UserFactory())

    notice.refresh_from_db()
    assert (notice.state, notice.channel) == ("pending", "sms")


def test_form_shows_every_field_and_fills_in_nothing_by_itself(rf):
    html = render_crispy_form(ContactForm(prefix="contact"), context={"request": rf.get("/")})

    for name in ContactForm.base_fields:
        assert f"contact-{name}" in html, name
    assert "<form" not in html
    assert 'autocomplete="name"' not in html


@pytest.mark.parametrize("code", ["xx", "<b>", "english", "EN"])
def test_language_that_is_none_is_refused(db, code):
    form = filled(language=code)

    assert not form.is_valid()
    assert form.errors["language"] == ["Choose a language of the list"]


def test_language_that_an_import_brought_in_is_kept_and_offered(db):
    contact = ContactFactory(language="qu")
    form = ContactForm({**BASIC, "language": "qu"}, instance=contact)

    assert '<option value="qu" selected>qu</option>' in render_crispy_form(form)
    assert form.is_valid(), form.errors
    form.save(by=UserFactory())
    contact.refresh_from_db()
    assert contact.language == "qu"
    # It is this contact's alone: nobody else is given it, and it is not taken up again once it is gone.
    assert not ContactForm({**BASIC, "language": "qu"}).is_valid()
    assert ContactForm({**BASIC, "language": "es"}, instance=contact).is_valid()

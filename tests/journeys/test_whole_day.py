"""One whole day: an officer logs a case in a browser, books an appointment, and the reminder goes out, once."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.utils import timezone

from cases.models import Case, Session
from notices.models import Notice
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.areas import AreaFactory
from tests.factories.lists import deliver_lists

MARTA, DANIEL = "marta@example.org", "daniel@example.org"


@pytest.fixture
def officer(transactional_db):
    deliver_lists()
    return UserFactory(officer=True, areas=[AreaFactory(name="Eastgate")], email="officer@example.org")


def sign_in(page, user):
    page.goto("/accounts/login/?next=/cases/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Cases", exact=True).wait_for()


def fill_person(page, name, email, language="en"):
    page.get_by_label("Name they want to be called").fill(name)
    page.get_by_label("Language").select_option(language)
    page.get_by_label("No safe phone").check()
    page.get_by_label("E-mail (optional)").fill(email)
    page.get_by_label("E-mail, without details").check()
    page.get_by_label("They agreed to get messages").check()


def log_case(page):
    page.get_by_role("link", name="New case").click()
    page.get_by_label("Short name").fill("Barking at night, Fenwick Close")
    page.get_by_label("Referred by").select_option("One of the parties")
    page.get_by_label("Dispute").select_option("Neighbors: pets")
    page.get_by_label("Area", exact=True).select_option("Eastgate")
    fill_person(page, "Marta", MARTA, "es")
    page.get_by_role("button", name="Create case").click()
    page.get_by_text("is logged.").wait_for()
    return Case.objects.get()


def take_it(page, user):
    page.get_by_role("link", name="Assign an officer").first.click()
    page.get_by_label("Assigned officer").select_option(user.name)
    page.get_by_role("button", name="Assign").click()
    page.get_by_text("is now with").wait_for()


def add_responding_party(page):
    page.get_by_role("link", name="Add a party").last.click()
    page.get_by_label("Responding party").check()
    fill_person(page, "Daniel", DANIEL)
    page.get_by_role("button", name="Add the party").click()
    page.get_by_text("Daniel is added to the case.").wait_for()


def book_call(page, moment):
    page.get_by_role("link", name="Book", exact=True).click()
    page.get_by_label("Call", exact=True).check()
    fill_moment(page, moment)
    page.get_by_label("Marta").check()
    page.get_by_label("Daniel").check()
    page.get_by_role("button", name="Book the appointment").click()
    page.get_by_text("Call is booked.").wait_for()
    return Session.objects.latest("pk")


def fill_moment(page, moment):
    for part in ("Day", "Month", "Year"):
        page.get_by_label(part, exact=True).fill(str(getattr(moment, part.lower())))
    page.get_by_label("Time", exact=True).fill(f"{moment:%H:%M}")


def letters(smtp, address):
    """What reached an address, as the reader of a mail sees it."""
    found = [text for recipients, text in smtp.mails if recipients == [address]]
    # Letters with accents came as bytes of eight bits, and as such alone they are read.
    return [message_from_bytes(text.encode(), policy=policy.default) for text in found]


def whole(letter):
    """Every part of a mail, the file for calendars too."""
    return "\n".join(part.get_content() for part in letter.walk() if not part.is_multipart())


def test_an_officer_logs_a_case_and_the_reminder_goes_out_once(open_context, officer, engine, smtp, wait_until):
    engine.start()
    page = open_context().new_page()
    sign_in(page, officer)
    case = log_case(page)
    take_it(page, officer)
    add_responding_party(page)
    soon = timezone.localtime(timezone.now() + timedelta(hours=20))
    book_call(page, soon)

    wait_until(
        lambda: len(letters(smtp, MARTA)) == len(letters(smtp, DANIEL)) == len(letters(smtp, officer.email)) == 1
    )
    (spanish,), (english,) = letters(smtp, MARTA), letters(smtp, DANIEL)
    assert f"{soon:%H:%M}" in english.get_body().get_content()
    assert "You have an appointment" in english.get_body().get_content()
    assert spanish["Subject"] != english["Subject"]
    for letter in (spanish, english):
        for secret in (case.title, case.reference, "Fenwick", "Marta", "Daniel", "Eastgate"):
            assert secret not in f"{letter['Subject']} {whole(letter)}"
    assert not Notice.objects.waiting().exists()
    assert set(smtp.by_id.values()) == {1}


def test_a_moved_appointment_and_a_worker_dead_for_an_hour(open_context, officer, engine, smtp, wait_until):
    page = open_context(js=False, width=390).new_page()
    sign_in(page, officer)
    case = log_case(page)
    take_it(page, officer)
    add_responding_party(page)
    later = timezone.localtime(timezone.now() + timedelta(days=6))
    session = book_call(page, later)
    old = list(Notice.objects.filter(ref=session.reference).values_list("key", flat=True))
    page.get_by_role("link", name="Move").click()
    fill_moment(page, later + timedelta(days=1))
    page.get_by_role("button", name="Move the appointment").click()
    page.get_by_text("The appointment is moved.").wait_for()

    assert len(old) == 6
    assert set(Notice.objects.filter(key__in=old).values_list("state", flat=True)) == {"void"}
    # The reminders came due an hour ago, while no worker and no beat ran.
    due = Notice.objects.waiting().filter(kind="cases.session", key__contains=":1d:")
    assert due.update(due_at=timezone.now() - timedelta(hours=1)) == 2
    engine.start()
    wait_until(lambda: len(letters(smtp, MARTA)) == len(letters(smtp, DANIEL)) == 1)
    engine.stop()
    engine.start()
    wait_until(lambda: Notice.objects.filter(ref=session.reference, state="sent").count() == 2)
    page.goto(case.get_absolute_url())
    page.get_by_role("link", name="Cancel it").click()
    page.get_by_label("Why").fill("Both are away")
    page.get_by_role("button", name="Cancel this appointment").click()
    page.get_by_text("The appointment is canceled.").wait_for()
    wait_until(lambda: len(letters(smtp, DANIEL)) == 2)
    reminder, correction = letters(smtp, DANIEL)
    assert "will not take place" in correction.get_body().get_content()
    assert "away" not in correction.get_body().get_content()
    assert len(letters(smtp, MARTA)) == 2
    assert set(smtp.by_id.values()) == {1}
    assert not Notice.objects.waiting().exists()

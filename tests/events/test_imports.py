"""The import of a partner's calendar: looked through first, then drafts, and a later file changes what it made."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from core.privacy import declarations
from events import actions, importing
from events.models import CalendarImport, Event, ImportedEntry
from events.partner_entries import NOTES, WHY
from events.partner_file import MOST_BYTES
from tests.factories.areas import AreaFactory
from tests.factories.events import EventTypeFactory, found_entry
from tests.factories.partners import OrganizationFactory

UPLOAD = "/planning/import/"
pytestmark = pytest.mark.django_db


def start(days=20):
    return f"{timezone.now() + timedelta(days=days):%Y%m%d}T230000Z"


def calendar(*entries):
    """A file of these entries: each {property: value} besides a name and a start of its own."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for number, entry in enumerate(entries):
        given = {"UID": f"{number}@example.org", "SUMMARY": f"Story hour {number}", "DTSTART": start()} | entry
        lines += ["BEGIN:VEVENT", *(f"{name}:{value}" for name, value in given.items()), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def ics(content, name="library.ics", kind="text/calendar"):
    return SimpleUploadedFile(name, content, content_type=kind)


@pytest.fixture
def library():
    return OrganizationFactory(name="Test Library")


@pytest.fixture
def fields(library, area):
    return {"organization": library.pk, "area": area.pk, "type": EventTypeFactory().pk}


@pytest.fixture
def upload(fields, staff, sign_in):
    """`upload(content)` is the row of a file that the officer who leads uploaded."""

    def make(content, who=staff.lead):
        answer = sign_in(who).post(UPLOAD, fields | {"file": ics(content)})
        assert answer.status_code == 302, answer.context["form"].errors
        return CalendarImport.objects.get(handle=answer.url.rstrip("/").rpartition("/")[2])

    return make


def becomes(row, user):
    return [(line.found["title"], line.becomes) for line in importing.lines(row, user)]


def take(client, row):
    return client.post(f"{row.get_absolute_url()}take/", follow=True)


# Uploading -----------------------------------------------------------------------------------------------------------
def test_a_file_is_looked_through_before_anything_is_made(upload, staff, sign_in):
    row = upload(calendar({"LOCATION": "Library, room 2"}, {"UID": ""}, {"DTSTART": "20200101T100000Z"}))
    page = sign_in(staff.lead).get(row.get_absolute_url()).content.decode()
    assert not Event.objects.exists()
    for told in ("Story hour 0", "Library, room 2", "New draft", WHY["no_uid"], WHY["past"], NOTES["no_end"]):
        assert str(told) in page
    assert AuditEntry.objects.get(act="calendarimport.upload").facts == {"count": 3}


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (lambda: ics(b"BEGIN:VCALENDAR" + b"x" * MOST_BYTES), "The file is larger than 1 MB"),
        (lambda: ics(calendar({}), name="library.html"), "Choose a calendar file, which ends in .ics"),
        (lambda: ics(calendar({}), kind="text/html"), "Choose a calendar file, which ends in .ics"),
        (lambda: ics(b"<html>no</html>"), "The file holds no calendar"),
        (lambda: ics(calendar()), "The file holds no events"),
        (lambda: ics(b""), "The file is empty"),
        (lambda: "", "Choose the file"),
    ],
)
def test_what_is_no_calendar_file_is_refused(fields, staff, sign_in, file, told):
    answer = sign_in(staff.lead).post(UPLOAD, fields | {"file": file()})
    assert (answer.status_code, told in answer.content.decode()) == (200, True)
    assert not CalendarImport.objects.exists()


def test_only_those_who_plan_import(staff, sign_in, upload):
    assert sign_in(staff.analyst).get(UPLOAD).status_code == 403
    row = upload(calendar({}))
    for who in (staff.colleague, staff.coordinator, staff.analyst):
        assert sign_in(who).get(row.get_absolute_url()).status_code == 404
        assert take(sign_in(who), row).status_code == 404


def test_nothing_of_guests_is_kept(upload):
    row = upload(calendar({"ATTENDEE": "mailto:guest@example.org", "ORGANIZER": "mailto:host@example.org"}))
    assert "example.org" not in str([{**entry, "uid": ""} for entry in row.entries])
    assert declarations[CalendarImport].personal == ("entries",)


# Drafts --------------------------------------------------------------------------------------------------------------
def test_entries_become_drafts_of_whoever_takes_them(upload, staff, sign_in, area, library):
    content = calendar({"DESCRIPTION": "<p>Stories.</p>", "LOCATION": "Room 2", "DURATION": "PT90M"})
    row = upload(content)
    page = take(sign_in(staff.lead), row).content.decode()
    event = Event.objects.get()
    assert (event.state, event.lead, event.made_by, event.area) == (Event.State.DRAFT, staff.lead, staff.lead, area)
    assert (event.title_en, event.about_en, event.place, event.minutes) == ("Story hour 0", "Stories.", "Room 2", 90)
    assert (event.type, event.languages, event.title_es) == (row.type, [], "")
    assert event.starts_at.strftime("%Y%m%dT%H%M%SZ") == start()
    assert event.parts.get().organization == library
    assert (event.imported.uid, event.imported.recurrence, event.imported.source) == ("0@example.org", "", library)
    assert "New drafts: 1. Changed drafts: 0." in page
    assert event.reference in page
    assert AuditEntry.objects.get(act="calendarimport.take").reference == library.reference


def test_residents_read_nothing_of_it(upload, staff, sign_in, client):
    take(sign_in(staff.lead), upload(calendar({})))
    assert client.get(Event.objects.get().public_url).status_code == 404
    assert b"Story hour" not in client.get("/events/feed.ics").content


def test_a_series_becomes_one_draft_for_each_time(upload, staff, sign_in):
    take(sign_in(staff.lead), upload(calendar({"RRULE": "FREQ=WEEKLY;COUNT=3"})))
    assert Event.objects.count() == 3
    recurrences = list(ImportedEntry.objects.order_by("recurrence").values_list("recurrence", flat=True))
    assert recurrences == [start(20), start(27), start(34)]
    assert Event.objects.filter(series=None).count() == 3


def test_a_file_is_taken_once(upload, staff, sign_in):
    row, client = upload(calendar({})), sign_in(staff.lead)
    assert take(client, row).status_code == 200
    assert take(client, row).status_code == 409
    assert Event.objects.count() == 1
    page = client.get(row.get_absolute_url()).content.decode()
    assert "The events of this file are taken." in page
    assert "Make the drafts" not in page


def test_two_entries_of_one_name_cannot_both_be_kept(upload, staff, sign_in, make_event, library):
    take(sign_in(staff.lead), upload(calendar({})))
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportedEntry.objects.create(event=make_event(), source=library, uid="0@example.org")
    ImportedEntry.objects.create(event=make_event(), source=OrganizationFactory(), uid="0@example.org")


# The next file -------------------------------------------------------------------------------------------------------
@pytest.fixture
def taken(upload, staff, sign_in):
    """An event that was made of a file."""
    take(sign_in(staff.lead), upload(calendar({"LOCATION": "Room 2", "DESCRIPTION": "Stories."})))
    return Event.objects.get()


def test_the_same_file_changes_nothing(taken, upload, staff, sign_in):
    row = upload(calendar({"LOCATION": "Room 2", "DESCRIPTION": "Stories."}))
    assert becomes(row, staff.lead) == [("Story hour 0", "same")]
    assert "Make the drafts" not in sign_in(staff.lead).get(row.get_absolute_url()).content.decode()
    assert Event.objects.count() == 1


def test_a_draft_takes_over_what_the_file_says_anew_and_keeps_what_we_wrote(taken, upload, staff, sign_in):
    Event.objects.filter(pk=taken.pk).update(title_en="Our title", about_en="Our words.")
    row = upload(calendar({"LOCATION": "Room 3", "DESCRIPTION": "Stories.", "DTSTART": start(22)}))
    assert becomes(row, staff.lead) == [("Story hour 0", "changed")]
    page = sign_in(staff.lead).get(row.get_absolute_url()).content.decode()
    assert "Time · Place" in page
    take(sign_in(staff.lead), row)
    event = Event.objects.get()
    assert (event.title_en, event.about_en, event.place) == ("Our title", "Our words.", "Room 3")
    assert event.starts_at.strftime("%Y%m%dT%H%M%SZ") == start(22)
    assert (event.sequence, event.was_at) == (1, None)
    # What was taken over is no news any more.
    again = upload(calendar({"LOCATION": "Room 3", "DESCRIPTION": "Stories.", "DTSTART": start(22)}))
    assert becomes(again, staff.lead) == [("Story hour 0", "same")]


def test_new_words_are_an_edit_that_others_notice(taken, upload, staff, sign_in):
    row = upload(calendar({"LOCATION": "Room 2", "DESCRIPTION": "Stories and songs.", "SUMMARY": "Songs"}))
    take(sign_in(staff.lead), row)
    event = Event.objects.get()
    assert (event.title_en, event.about_en, event.version) == ("Songs", "Stories and songs.", taken.version + 1)
    assert AuditEntry.objects.get(act="event.edit").facts == {"fields": ["about_en", "title_en"]}
    assert event.sequence == 0


def test_what_is_planned_is_changed_by_nobodys_file(taken, upload, staff, sign_in):
    actions.plan(event=taken, by=staff.lead)
    row = upload(calendar({"LOCATION": "Room 3", "DESCRIPTION": "Stories."}))
    assert becomes(row, staff.lead) == [("Story hour 0", "left")]
    page = sign_in(staff.lead).get(row.get_absolute_url()).content.decode()
    assert "It is no draft any more: change it yourself." in page
    importing.take(row=row, by=staff.lead)
    assert Event.objects.get().place == "Room 2"


@pytest.mark.parametrize(("who", "word"), [("lead", "changed"), ("coordinator", "changed"), ("colleague", "left")])
def test_a_draft_of_somebody_else_is_left_to_them(taken, upload, staff, who, word):
    row = upload(calendar({"LOCATION": "Room 3", "DESCRIPTION": "Stories."}), getattr(staff, who))
    assert becomes(row, getattr(staff, who)) == [("Story hour 0", word)]
    importing.take(row=row, by=getattr(staff, who))
    assert Event.objects.get().place == ("Room 3" if word == "changed" else "Room 2")


def test_what_is_canceled_there_is_for_us_to_decide(taken, upload, staff):
    row = upload(calendar({"STATUS": "CANCELLED"}, {"STATUS": "CANCELLED"}))
    assert becomes(row, staff.lead) == [("Story hour 0", "left"), ("Story hour 1", "refused")]
    importing.take(row=row, by=staff.lead)
    assert Event.objects.get().state == Event.State.DRAFT
    actions.cancel(event=taken, by=staff.lead)
    assert becomes(row, staff.lead)[0] == ("Story hour 0", "same")


def test_the_calendar_of_another_partner_may_use_the_same_names(taken, staff, area):
    row = CalendarImport(
        organization=OrganizationFactory(), area=area, type=taken.type, entries=[found_entry(uid="0@example.org")]
    )
    row.upload(by=staff.lead)
    assert becomes(row, staff.lead) == [("Story hour", "new")]


def test_the_page_costs_the_same_however_many_entries_there_are(upload, staff, sign_in, django_assert_num_queries):
    client = sign_in(staff.lead)
    take(client, upload(calendar({}, {}, {"LOCATION": "Here"})))
    few, many = upload(calendar({}, {})), upload(calendar(*[{} for _each in range(40)]))
    for row in (few, many):
        client.get(row.get_absolute_url())
        with django_assert_num_queries(6):
            client.get(row.get_absolute_url())


def test_an_area_that_has_gone_is_not_offered(fields, staff, sign_in):
    gone = AreaFactory(valid_to=timezone.localdate() - timedelta(days=2))
    answer = sign_in(staff.lead).post(UPLOAD, fields | {"area": gone.pk, "file": ics(calendar({}))})
    assert answer.status_code == 200
    assert not CalendarImport.objects.exists()


def test_a_second_press_uploads_nothing_twice(fields, staff, sign_in):
    client, key = sign_in(staff.lead), "2c1c41b5-3b6f-4f4e-9d2d-7f5b1f0f3c11"
    first, second = (
        client.post(UPLOAD, fields | {"file": ics(calendar({})), "idempotency_key": key}) for _press in range(2)
    )
    assert (first.url, CalendarImport.objects.count()) == (second.url, 1)


def test_the_list_leads_to_the_import(staff, sign_in):
    assert f'href="{reverse("events:import_create")}"' in sign_in(staff.lead).get("/planning/").content.decode()

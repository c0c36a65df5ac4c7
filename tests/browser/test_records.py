"""The pages of records officers in a real browser, and a whole request by a person with and without script."""

import zipfile

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from core import audit, jobs
from core.models import Job, LegalHold, PersonRequest
from tests.factories.accounts import UserFactory
from tests.factories.cases import CaseFactory, PartyFactory

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "disposal"])


@pytest.fixture
def unit(settings, tmp_path):
    settings.MEDIA_ROOT, settings.LIAISON_HOME = tmp_path / "files", tmp_path
    people = {
        "officer": UserFactory(records_officer=True, name="Ana Records"),
        "second": UserFactory(supervisor=True, name="Sgt. Ben"),
    }
    case = CaseFactory(closed=True)
    people["party"] = PartyFactory(case=case, contact__name="Ximena Quill", contact__email="ximena@example.org")
    LegalHold(object_type="cases.case", reference=CaseFactory(closed=True).reference, reason="Order 12").place(
        by=people["officer"]
    )
    for number in range(60):
        audit.record(people["second"], "case.assign", case, was="intake", count=number)
    return people


def work():
    while (job := jobs.claim()) is not None:
        jobs.run(job)


@pytest.mark.parametrize("js", [True, False])
def test_a_person_gets_a_copy_by_two_persons(staff_context, unit, js, tmp_path):
    officer = staff_context(unit["officer"], js=js).new_page()
    officer.goto("/records/requests/")
    officer.get_by_role("link", name="Record a request").click()
    officer.get_by_label("Copy of what we hold").check()
    officer.get_by_label("proof of identity").fill("Identity card seen")
    officer.get_by_label("phone or e-mail").fill("Ximena@example.org")
    officer.get_by_role("button", name="Record the request").click()
    officer.get_by_role("button", name="Run the match").click()
    officer.get_by_role("rowheader", name="Party of a case").wait_for()
    expect(officer.get_by_role("button", name="Approve")).to_have_count(0)

    second = staff_context(unit["second"], js=js).new_page()
    second.goto(officer.url)
    second.get_by_role("button", name="Approve").click()
    expect(second.get_by_role("button", name="Approve")).to_have_count(0)
    expect(second.get_by_role("button", name="Download, once")).to_have_count(0)
    work()

    officer.reload()
    with officer.expect_download() as download:
        officer.get_by_role("button", name="Download, once").click()
    path = tmp_path / "copy.zip"
    download.value.save_as(path)
    with zipfile.ZipFile(path) as file:
        assert "Ximena Quill" in file.read(file.namelist()[0]).decode()
    officer.reload()
    expect(officer.get_by_role("button", name="Download, once")).to_have_count(0)
    expect(officer.locator("body")).not_to_contain_text("Ximena@example.org")
    row = PersonRequest.objects.get()
    assert (row.state, row.address) == ("done", "")


def test_progress_of_a_job_is_followed(staff_context, unit):
    job = Job.objects.create(kind="x", title="A list", owner=unit["officer"], state="running", done=3, total=9)
    page = staff_context(unit["officer"]).new_page()
    page.goto(job.get_absolute_url())
    page.get_by_text("3 of 9").wait_for()

    Job.objects.filter(pk=job.pk).update(state="done", done=9, ended_at=timezone.now(), message="All is there.")

    page.get_by_text("9 of 9").wait_for()

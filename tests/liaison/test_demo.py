"""The demo city: whole, the same each time, lively on its first day, and never in the way of anybody's own records."""

import stat
from datetime import timedelta
from itertools import combinations, product

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.utils import timezone
from pghistory.models import Event
from shapely import unary_union

from accounts.models import Role, User
from areas.models import Area, Booking
from cases import actions
from cases.models import Case, ContactAttempt, Party, Session, Wording
from core.models import AuditEntry
from liaison.demo import ground, staff
from liaison.demo.codes import code_of
from liaison.demo.stories import story
from notices.models import Contact, Notice, Task
from portal.models import Post, Update
from tests.factories.accounts import UserFactory
from tests.factories.cases import CaseFactory
from tests.factories.lists import deliver_lists
from tests.factories.readiness import wording

# After a load the owner of the tables has them counted.
pytestmark = pytest.mark.django_db(databases=["default", "owner"])


@pytest.fixture
def demo(db, settings, tmp_path):
    """`demo(…)` runs the command with a home of the test's own."""
    settings.LIAISON_HOME, settings.DEMO = tmp_path, True
    for kind, language in product(Wording.Kind.values, ("en", "es")):
        wording(kind, language)
    deliver_lists()

    def run(*arguments, **options):
        call_command("demo", *arguments, verbosity=0, **options)

    return run


def signins(settings):
    """{e-mail: (role, password)} of the file."""
    lines = (settings.LIAISON_HOME / "demo-signins.txt").read_text().splitlines()
    return {line.split()[-2]: (line, line.split()[-1]) for line in lines}


def test_every_role_has_a_sign_in_that_works(demo, settings):
    demo(scale=20)
    found = signins(settings)
    people = {user.email: user for user in User.objects.filter(email__in=found)}
    assert {role for user in people.values() for role in user.roles} == set(Role.values)
    assert all(people[email].check_password(password) for email, (_, password) in found.items())
    verified = EmailAddress.objects.filter(verified=True, primary=True)
    assert verified.count() == User.objects.count() == len(staff.STAFF)


def test_the_file_of_passwords_is_its_owners_alone(demo, settings):
    demo(scale=1)
    mode = (settings.LIAISON_HOME / "demo-signins.txt").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_passwords_differ_between_installations(demo, settings):
    demo(scale=1)
    first = signins(settings)
    demo("--new-passwords", scale=1)
    second = signins(settings)
    assert first.keys() == second.keys()
    assert {password for _, password in first.values()}.isdisjoint(password for _, password in second.values())
    assert all(User.objects.get(email=email).check_password(password) for email, (_, password) in second.items())


def test_only_reserved_addresses_and_numbers_are_used(demo):
    demo(scale=60)
    emails = set(Contact.objects.exclude(email="").values_list("email", flat=True))
    assert {email.rpartition(".")[2] for email in emails} == {"example"}
    assert set(Contact.objects.exclude(phone="").values_list("phone_e164", flat=True)) <= {
        f"+1555555{number:04}" for number in range(100, 200)
    }


def events():
    return {model: model.objects.count() for model in Event.__subclasses__()}


def test_history_and_audit_of_invented_rows_are_not_written(demo):
    # The lists that are delivered have theirs.
    before = events()
    demo(scale=30)
    assert events() == before
    assert not AuditEntry.objects.exists()


def test_a_change_made_after_the_load_has_its_history(demo):
    demo(scale=10)
    case = Case.objects.exclude(assigned_to=None).first()
    case.set_access("unit" if case.access == "team" else "team", by=case.opened_by)
    assert Case.pgh_event_model.objects.filter(pgh_obj_id=case.pk).exists()


def counts():
    models = (User, Area, Booking, Case, Party, Session, ContactAttempt, Contact, Task, Notice)
    return [model.objects.count() for model in models]


def test_loading_twice_adds_nothing_and_keeps_what_people_changed(demo, settings):
    demo(scale=40)
    before, passwords = counts(), signins(settings)
    case = Case.objects.first()
    Case.objects.filter(pk=case.pk).update(title="Renamed by a person")
    demo(scale=40)
    assert counts() == before
    assert signins(settings) == passwords
    assert Case.objects.get(pk=case.pk).title == "Renamed by a person"


def test_a_larger_city_holds_the_smaller_one(demo):
    demo(scale=30)
    small = list(Case.objects.order_by("id").values("reference", "title", "state", "received_at", "summary"))
    demo(scale=50)
    rows = list(Case.objects.order_by("id").values("reference", "title", "state", "received_at", "summary"))
    assert rows[:30] == small
    assert len(rows) == 50


def test_a_later_load_counts_its_days_from_the_first(demo):
    demo(scale=5)
    User.objects.filter(email="penhallow@alderbay.example").update(
        joined_at=User.objects.get(email="penhallow@alderbay.example").joined_at - timedelta(days=10)
    )
    demo(scale=6)
    newest, oldest = Case.objects.order_by("-id")[:2]
    days = (timezone.localdate(newest.received_at) - timezone.localdate(oldest.received_at)).days
    assert days == story(4).age - story(5).age - 10


def test_it_refuses_to_mix_with_staff_of_ones_own(demo):
    UserFactory()
    with pytest.raises(CommandError, match="staff of its own"):
        demo(scale=1)
    assert not Case.objects.exists()


def test_it_is_added_beside_ones_own_records_when_asked(demo):
    case = CaseFactory()
    demo("--add", scale=3)
    assert Case.objects.count() == 4
    assert Case.objects.get(pk=case.pk).title == case.title


@pytest.mark.parametrize("scale", [0, -1, 10_000_000])
def test_a_size_that_makes_no_sense_is_refused(demo, scale):
    with pytest.raises(CommandError, match="number of cases"):
        demo(scale=scale)


def test_the_neighborhoods_tile_their_precincts(demo):
    demo(scale=1)
    parts = list(Area.objects.filter(level="neighborhood").with_shapes())
    shapes = [area.shape for area in parts]
    assert max(one.intersection(other).area for one, other in combinations(shapes, 2)) < 1e-12
    whole = unary_union(shapes)
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    for precinct in Area.objects.filter(level="precinct").with_shapes():
        inside = unary_union([area.shape for area in parts if area.parent_id == precinct.pk])
        assert inside.symmetric_difference(precinct.shape).area < 1e-12
        assert precinct.population == sum(area.population for area in parts if area.parent_id == precinct.pk)


def test_the_ground_is_drawn_the_same_each_time():
    assert ground.tiles("Alder Bay") == ground.tiles("Alder Bay")


def test_stories_are_the_same_each_time_and_references_never_meet():
    assert [story(number) for number in range(60)] == [story(number) for number in range(60)]
    assert len({code_of(number) for number in range(20_000)}) == 20_000


def test_the_first_day_is_lively(demo):
    demo()
    now, today = timezone.now(), timezone.localdate()
    assert Task.objects.open().filter(due_at__lt=now, owner__email="imani@alderbay.example").count() >= 2
    sessions = Session.objects.planned().filter(day=today, staff__email="imani@alderbay.example")
    assert sessions.count() == 4
    assert Case.objects.open().filter(assigned_to=None).count() >= 3
    assert Case.objects.filter(access=Case.Access.SEALED).exists()
    assert set(Case.objects.values_list("state", flat=True)) == set(Case.State.values)
    assert Party.objects.filter(contact__language="es").exists()
    assert Notice.objects.filter(state=Notice.State.BLOCKED).exists()
    assert Notice.objects.filter(state=Notice.State.PENDING).exists()


def test_outside_a_demo_nothing_is_posted(demo, settings):
    settings.DEMO = False
    demo(scale=60)
    assert not Notice.objects.exists()


def test_every_invented_row_is_one_that_a_form_would_accept(demo):
    demo(scale=150)
    for case in Case.objects.all():
        case.full_clean(exclude=["vector", "quiet_since"])
        assert case.closed_at is None or case.received_at < case.closed_at <= timezone.now()
        assert case.first_contact_at is None or case.first_contact_at <= case.last_contact_at
    for model in (Party, Session, ContactAttempt):
        for row in model.objects.all():
            row.full_clean()
    assert not ContactAttempt.objects.filter(at__gt=timezone.now()).exists()


def test_what_people_do_ends_what_the_demo_owes(demo):
    demo(scale=30)
    task = Task.objects.open().filter(key__startswith="cases.first_contact:").first()
    case = Case.objects.get(reference=task.ref)
    party = case.parties.get(role=Party.Role.INITIATING)
    attempt = ContactAttempt(case=case, party=party, way="call", result="spoke")
    actions.log_contact(attempt=attempt, by=case.assigned_to)
    task.refresh_from_db()
    assert task.state == Task.State.DONE


def test_invented_appointments_hold_rooms_without_overlap(demo):
    demo()
    for booking in Booking.objects.all():
        mine = {"venue": booking.venue} if booking.venue else {"staff": booking.staff}
        overlapping = Booking.objects.overlapping(booking.starts_at, booking.ends_at).filter(**mine)
        assert list(overlapping) == [booking]


def test_the_city_told_its_residents_something(demo, client):
    demo(scale=1)
    updates, today = Update.objects.whole(), timezone.localdate()
    assert set(updates.values_list("state", flat=True)) == set(Update.State.values)
    assert Update.objects.published().filter(in_force__kind="correction").exists()
    assert Update.objects.published().filter(in_force__review_on__lt=today).exists()
    assert Update.objects.published().filter(in_force__number=2).exists()
    for update in updates:
        update.full_clean()
        update.newest.full_clean()
        assert client.get(f"/updates/{update.reference}/").status_code == (
            410 if update.is_withdrawn else 200 if update.is_shown else 404
        )
    posts = Post.objects.all()
    assert posts.filter(corrects__isnull=False, postings__state="by_hand").exists()
    for post in posts:
        post.full_clean()
        assert post.lacks() == []
    assert (len(updates), len(posts)) == (8, 3)
    assert Task.objects.filter(key__startswith="portal.approve:").count() == 4
    demo(scale=1)
    assert (Update.objects.count(), Post.objects.count()) == (8, 3)

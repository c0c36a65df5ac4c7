"""The planted failures: each thing that the fuzz tests look for is found when somebody puts it there."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.safestring import mark_safe  # noqa: TID251 -- the planted fault

from accounts.models import User
from cases import act_forms, forms
from core.models import Draft, SavedView
from tests.fuzz import nasty, watch
from tests.fuzz.rows import ROWS

pytestmark = pytest.mark.django_db
NAMED = {row.name: row for row in ROWS}


def posted(world, name, **spoiled):
    row = NAMED[name]
    return watch.judge(world, row, nasty.Post(nasty.flat(row.body(world) | spoiled)))


def test_an_error_of_ours_is_seen(world, monkeypatch):
    monkeypatch.setattr(act_forms.HoldForm, "clean_until", lambda form: int("no number"))

    with pytest.raises(ValueError, match="no number"):
        posted(world, "cases:case_hold")


def test_a_row_out_of_a_refused_post_is_seen(world, monkeypatch):
    def clean(form):
        SavedView.objects.create(user=world.staff["officer"], page="cases", name="Left behind")
        raise ValidationError("no")

    monkeypatch.setattr(act_forms.HoldForm, "clean", clean)

    with pytest.raises(AssertionError, match="core_savedview"):
        posted(world, "cases:case_hold")


def test_a_change_by_a_refused_post_is_seen(world, monkeypatch):
    def clean(form):
        Draft.objects.update(path="/desk/")
        raise ValidationError("no")

    monkeypatch.setattr(act_forms.HoldForm, "clean", clean)

    with pytest.raises(AssertionError, match="core_draft"):
        posted(world, "cases:case_hold")


@pytest.mark.parametrize("raw", nasty.RAW)
def test_an_unescaped_echo_is_seen(world, monkeypatch, raw):
    def clean(form):
        raise ValidationError(mark_safe(form.data["reason"]))

    assert posted(world, "cases:case_hold", reason=raw)
    monkeypatch.setattr(act_forms.HoldForm, "clean", clean)

    with pytest.raises(AssertionError, match="cases"):
        posted(world, "cases:case_hold", reason=raw)


def test_a_thing_of_others_that_gets_bound_is_seen(world, monkeypatch):
    foreign = next(thing for thing in world.foreign if isinstance(thing, User))
    assert not posted(world, "cases:case_assign", officer=foreign.pk)

    monkeypatch.setattr(forms, "officers_for", lambda area: User.objects.all())
    with pytest.raises(AssertionError, match="assigned_to_id"):
        posted(world, "cases:case_assign", officer=foreign.pk)


def test_nothing_of_one_post_reaches_the_next(world):
    for _ in range(2):
        assert posted(world, "cases:case_close")
    assert watch.contents(watch.tables()) == world.before

"""The judge of the fault runs: each kind of wrong is seen, and what a kill excuses is excused once."""

import pytest

from tests.faults.judge import Begun, Cut, Kill, judge
from tests.faults.receivers import Attempt
from tests.faults.run import plan

KILLS = [Kill("kill_worker", 10.0, frozenset({"backend"}))]
CUTS = [Cut("lease", "backend", 11.0)]


def sent(*refs):
    return dict.fromkeys(refs, "sent")


def attempt(ref, at, *, key=None, acted=True):
    return Attempt(ref, key or f"key of {ref}", at, acted)


def told_apart(states, attempts, begun, cuts=CUTS, kills=KILLS, **options):
    verdict = judge(states, attempts, begun, cuts, kills, **options)
    return {**verdict.wrong, **({"doubled": verdict.doubled} if verdict.doubled else {})}


IN_FLIGHT = [attempt("a", 8.0), attempt("b", 9.0), attempt("b", 12.0, acted=False)]
BEGUN = [Begun("a", "lease", 7.9), Begun("b", "lease", 8.9), Begun("b", "next", 11.9)]


def test_attempt_repeated_because_a_kill_cut_off_its_lease_is_excused():
    assert told_apart(sent("a", "b"), IN_FLIGHT, BEGUN) == {}
    assert judge(sent("a", "b"), IN_FLIGHT, BEGUN, CUTS, KILLS).repeated == 1


@pytest.mark.parametrize(
    ("cuts", "kills"),
    [
        ([], KILLS),
        (CUTS, []),
        (CUTS, [Kill("kill_worker", 10.0, frozenset({"another backend"}))]),
        (CUTS, [Kill("kill_worker", 20.0, frozenset({"backend"}))]),
        ([Cut("another lease", "backend", 11.0)], KILLS),
    ],
)
def test_repeated_attempt_without_a_kill_that_cut_off_its_lease_is_not_excused(cuts, kills):
    assert told_apart(sent("a", "b"), IN_FLIGHT, BEGUN, cuts, kills) == {"unexplained": ["b"]}


def test_kill_excuses_only_the_message_that_was_in_flight():
    attempts = [*IN_FLIGHT, attempt("a", 13.0, acted=False)]
    begun = [*BEGUN, Begun("a", "next", 12.9)]

    assert told_apart(sent("a", "b"), attempts, begun) == {"unexplained": ["a"]}


def test_attempt_repeated_under_the_same_lease_is_not_excused():
    begun = [note for note in BEGUN if note.lease == "lease"]

    assert told_apart(sent("a", "b"), IN_FLIGHT, begun) == {"unexplained": ["b"]}


def test_attempt_that_was_not_noted_before_is_not_excused():
    assert told_apart(sent("a"), [attempt("a", 8.0)], [Begun("a", "lease", 8.1)]) == {"unexplained": ["a"]}


def test_message_acted_on_twice_is_a_double_also_under_another_key():
    again = [IN_FLIGHT[0], IN_FLIGHT[1], attempt("b", 12.0, key="another key")]

    assert told_apart(sent("a", "b"), again, BEGUN) == {"doubled": ["b"], "other_keys": ["b"]}


def test_message_that_never_arrived_is_lost_whatever_the_database_says():
    assert told_apart(sent("a", "b", "c"), IN_FLIGHT, BEGUN) == {"lost": ["c"]}
    unacted = [attempt("c", 9.5, acted=False)]
    noted = [*BEGUN, Begun("c", "third", 9.4)]
    assert told_apart(sent("a", "b", "c"), [*IN_FLIGHT, *unacted], noted) == {"lost": ["c"]}


def test_message_of_which_a_person_was_told_is_not_lost():
    states = {**sent("a", "b"), "c": "blocked"}
    settled = ("sent", "blocked")

    assert told_apart(states, IN_FLIGHT, BEGUN, settled=settled, told={"c"}) == {}
    assert told_apart(states, IN_FLIGHT, BEGUN, settled=settled) == {"lost": ["c"]}


def test_message_that_still_waits_is_not_settled():
    assert told_apart({"a": "sent", "b": "leased"}, IN_FLIGHT, BEGUN) == {"unsettled": ["b"]}


def test_plan_spreads_each_kind_evenly():
    assert plan(worker=3, redis=1) == ["worker", "redis", "worker", "worker"]
    assert sorted(plan(worker=30, redis=3, postgres=2)) == ["postgres"] * 2 + ["redis"] * 3 + ["worker"] * 30

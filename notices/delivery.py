"""Sending what is due: claimed in batches under a lease, rendered from the state of the moment, sent, noted.

A worker may die at any line of this. What it held is claimed anew once its lease has ended; a notice whose attempt
had begun is then in doubt, and its kind says whether it is sent again or shown to a person.
"""

import logging
import random
import time
import uuid
from collections import Counter, defaultdict
from datetime import timedelta

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from notices import channels, kinds
from notices.aside import set_aside
from notices.channels import Outcome
from notices.kinds import Crash, Late
from notices.marks import begin, held, note_sent
from notices.models import Channel, Notice
from notices.reach import Blocked, Later, Rules
from notices.stop import unsubscribe_url

log = logging.getLogger("liaison.notices")
BATCH = 100
LEASE = timedelta(minutes=5)
# Below the 120 seconds after which Celery kills a task.
BUDGET = 45.0
TRIES = 8
# How often one notice is judged anew because the rules of the person changed in that moment; then it waits its turn.
LOOKS = 3
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
State, Reason = Notice.State, Notice.Reason


def deliver(*, budget=BUDGET, only=()):
    """Send until nothing is due or the time is up. Any number of workers may do this at once. Returns what was done."""
    done, until = Counter(), time.monotonic() + budget
    while time.monotonic() < until:
        batch = claim(only)
        if not batch.ids:
            break
        done += batch.send(until)
    if done:
        log.info("delivered", extra={"count": dict(done)})
    return done


@transaction.atomic
def claim(only=()):
    """Take the next due notices under a lease of our own; rows that another worker is taking are passed over."""
    lease, now = uuid.uuid4(), timezone.now()
    due = Notice.objects.claimable(now).order_by("due_at", "id")
    if only:
        due = due.filter(kind__in=only)
    ids = list(due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:BATCH])
    if ids:
        Notice.objects.filter(pk__in=ids).update(state=State.LEASED, lease=lease, lease_until=now + LEASE)
    return Batch(lease, ids)


def pause_after(tries):
    """Three times as long after each try, and a fifth more or less, so that failures do not return together."""
    pause = min(FIRST_PAUSE * 3 ** (tries - 1), LONGEST_PAUSE)
    return pause * random.uniform(0.8, 1.2)


class Batch:
    """The notices of one lease. What is said and whether it may be is read when they are sent, not when claimed."""

    def __init__(self, lease, ids):
        self.lease, self.ids = lease, ids
        self._ways = channels.for_batch()
        self._done = Counter()

    def send(self, until):
        try:
            self.notices = held(self.lease)
            self._rules = Rules(notice.contact for notice in self.notices)
            messages = self._render()
            for notice in self.notices:
                if time.monotonic() >= until:
                    break
                if (notice.kind, notice.contact_id, notice.ref) in messages:
                    self._done[self._settled(notice, messages[notice.kind, notice.contact_id, notice.ref])] += 1
        finally:
            # What was not begun is free at once; what was begun and not noted is in doubt until the lease ends.
            Notice.objects.held(self.lease).filter(started_at=None).free()
            for way in self._ways.values():
                way.close()
        return self._done

    def _mine(self, notice):
        return Notice.objects.held(self.lease).filter(pk=notice.pk)

    def _render(self):
        """The message of each notice, or None where it is no longer wanted; few queries, by kind and language."""
        groups, people, owed, messages = defaultdict(list), defaultdict(set), {}, {}
        for notice in self.notices:
            groups[notice.kind, kinds.language_of(notice.contact)].append(notice)
            people[notice.kind].add((notice.ref, notice.contact_id))
        for (kind, language), notices in groups.items():
            try:
                rendered = kinds.render(kind, [notice.ref for notice in notices], language)
                if kind not in owed:
                    owed[kind] = kinds.still_owed(kind, people[kind])
            except Exception:
                # One kind that cannot be rendered must not hold up all others.
                log.exception("a message could not be rendered", extra={"kind": kind})
                for notice in notices:
                    self._done[self._failed(notice)] += 1
                continue
            messages |= {
                (kind, notice.contact_id, notice.ref): rendered.get(notice.ref)
                if (notice.ref, notice.contact_id) in owed[kind]
                else None
                for notice in notices
            }
        return messages

    def _settled(self, notice, message):
        """Settle one notice; whatever is wrong with it must not hold up those behind it."""
        try:
            return self._settle(notice, message)
        except DatabaseError:
            raise
        except Exception:
            log.exception("a message could not be settled", extra={"kind": notice.kind})
            return self._failed(notice)

    def _failed(self, notice):
        """Count a try that ended before anything was sent."""
        self._mine(notice).update(attempts=F("attempts") + 1)
        return self._try_again(notice, Reason.NO_TEXT)

    def _settle(self, notice, message):
        """Decide what becomes of one notice, and do it. Returns the state in which it is left."""
        kind, now = kinds.get(notice.kind), timezone.now()
        if message is None:
            return self._end(notice, State.VOID)
        if notice.started_at and kind.crash == Crash.STOP and not self._ways[notice.channel].idempotent:
            return self._aside(notice, State.BLOCKED, Reason.UNSURE)
        useful_until = message.good_until if kind.late != Late.SEND else None
        if useful_until and now >= useful_until:
            return self._aside(notice, State.EXPIRED, Reason.LATE, tell=kind.tell_if_late)
        if kind.late == Late.NEWEST and notice.may_be_outrun and self._is_outrun(notice, now):
            return self._end(notice, State.EXPIRED, Reason.NEWER)
        return self._judge(notice, message, kind, useful_until, self._rules)

    def _judge(self, notice, message, kind, useful_until, rules, *, looks=LOOKS):
        """Send it, if the rules of the person allow that; the mark looks whether they still stand as they were read."""
        now = timezone.now()
        answer = rules.may_reach(notice.contact, notice.channel, purpose=kind.purpose, at=now)
        if isinstance(answer, Blocked):
            return self._aside(notice, State.BLOCKED, answer.reason)
        if isinstance(answer, Later) and useful_until and answer.at >= useful_until:
            return self._aside(notice, State.BLOCKED, Reason.HOURS)
        if isinstance(answer, Later):
            self._mine(notice).free(due_at=answer.at)
            return State.PENDING
        begun = timezone.now()
        if begin(notice, kind.purpose, at=begun, until=begun + LEASE):
            return self._send(notice, message, kind, begun)
        mine = held(self.lease, notice.pk)
        if not mine:
            # It was called off, or claimed by another worker, since we read it.
            return State.VOID
        if not looks:
            self._mine(notice).free()
            return State.PENDING
        # A batch takes a while, and people change their minds: judge by the rules of this very moment.
        return self._judge(mine[0], message, kind, useful_until, Rules([mine[0].contact]), looks=looks - 1)

    def _send(self, notice, message, kind, begun):
        stop_url = unsubscribe_url(notice.contact.email) if notice.channel == Channel.EMAIL else ""
        letter = kinds.letter(message, notice.contact, to_staff=kind.to_staff, stop_url=stop_url)
        way = self._ways[notice.channel]
        try:
            outcome = way.send(notice, letter, to_staff=kind.to_staff)
        except Exception:
            log.exception("a way of sending failed in a way of its own", extra={"kind": notice.kind})
            outcome = Outcome.UNSURE
        if outcome == Outcome.SENT:
            return self._sent(notice, begun)
        if outcome == Outcome.REFUSED:
            return self._aside(notice, State.DEAD, Reason.REFUSED)
        if outcome == Outcome.UNSURE and kind.crash == Crash.STOP and not way.idempotent:
            return self._aside(notice, State.BLOCKED, Reason.UNSURE)
        return self._try_again(notice, Reason.TRIES)

    def _sent(self, notice, begun):
        now = timezone.now()
        if not note_sent(notice, at=now):
            # It was called off while it was on its way: say what happened, not what was wished.
            crossed = Notice.objects.filter(pk=notice.pk, state=State.VOID, started_at=begun)
            crossed.update(state=State.SENT, sent_at=now, ended_at=now, reason=Reason.CROSSED)
        return State.SENT

    def _try_again(self, notice, reason):
        """Free it for later, or give it up after the last try. Its attempts were counted in the database already."""
        tries = notice.attempts + 1
        if tries >= TRIES:
            return self._aside(notice, State.DEAD, reason)
        self._mine(notice).free(due_at=timezone.now() + pause_after(tries))
        return State.PENDING

    def _is_outrun(self, notice, now):
        """Whether a later reminder of the same thing to the same person is due as well, or went out already."""
        same = Notice.objects.filter(
            kind=notice.kind, ref=notice.ref, contact=notice.contact_id, channel=notice.channel
        ).exclude(pk=notice.pk)
        return same.filter(due_at__gt=notice.due_at, due_at__lte=now, state__in=[*Notice.WAITING, State.SENT]).exists()

    def _end(self, notice, state, reason=""):
        self._mine(notice).end(state, reason=reason)
        return state

    def _aside(self, notice, state, reason, *, tell=True):
        set_aside(self._mine(notice), state, reason, tell=tell)
        return state

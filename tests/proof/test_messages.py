"""No message carries a word of a case: every kind, language, way and neutral rule, over cases full of canaries."""

import base64
import itertools
import re
import threading
from dataclasses import replace
from datetime import time, timedelta
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from urllib.parse import unquote_plus

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from cases import agreeing, delivered, mails, scheduling, unsealing
from cases.models import Agreement, Case, ContactAttempt, FollowUpLink, Session, Term
from events import telling
from liaison.scoped import APPS
from notices import channels, delivery, kinds, outbox
from notices.models import Channel, Contact, Notice, Purpose
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory, VenueFactory
from tests.factories.cases import CaseFactory, FacilitatorFactory, PartyFactory
from tests.factories.events import EventFactory, RegistrationFactory
from tests.factories.notices import ContactFactory
from tests.factories.partners import OrganizationFactory

pytestmark = pytest.mark.django_db
OURS = {*APPS, "liaison"}
LANGUAGES = ("en", "es", "so")
RULES = ({}, {"neutral": True}, {"no_police": True})
WAYS = (Channel.EMAIL, Channel.SMS, Channel.CHAT, Channel.IN_APP)
# What residents read on the public pages of an event.
PUBLISHED = {"event_title", "event_title_es", "event_place"}
# What a kind may say beside when: staff are told which case, and who opened a sealed one; whoever registered for a
# public event is told what anybody can read of it.
ALLOWED = {
    "cases.session": set(),
    "cases.session_changed": set(),
    "cases.session_staff": {"reference"},
    "cases.glass_broken": {"reference", "who_opened_it"},
    "cases.follow_up": set(),
    "events.registered": PUBLISHED,
    "events.reminder": PUBLISHED,
    "events.changed": PUBLISHED,
    "events.offer": PUBLISHED,
    "events.offer_ends": PUBLISHED,
    "notices.engine": set(),
    "accounts.factor_reset": set(),
}
# Words that no neutral message may show on somebody's screen.
TELLING = ("police", "polic", "liaison", "mediat", "unit", "case ", "caso")


def product_kinds():
    """The kinds that the product registers; tests register some of their own."""
    return {name for name, kind in kinds.registered.items() if kind.render.__module__.split(".")[0] in OURS}


# A case in which every text is a canary ------------------------------------------------------------------------
class Canaries(dict):
    """{what it is: a word that stands nowhere else}, each wrapped in whatever else people write."""

    numbers = itertools.count(1)

    def __init__(self, around):
        super().__init__()
        self.around = around

    def text(self, name, length=200):
        self[name] = f"Zqx{next(self.numbers)}{name.replace('_', '')}qxZ"
        before, after = self.around
        return f"{before[:8]}{self[name]}{after[:8]}"[:length]

    def email(self, name):
        self[name] = f"zqx{next(self.numbers)}{name.replace('_', '')}"
        return f"{self[name]}@example.org"

    def phone(self, name):
        self[name] = f"+1206555{next(self.numbers) % 10_000:04}"
        return self[name]


def contact(canaries, who, **rules):
    return ContactFactory(
        name=canaries.text(f"{who}_name", 120), email=canaries.email(f"{who}_email"),
        phone="", phone_e164=canaries.phone(f"{who}_phone"), chat=canaries.text(f"{who}_chat"),
        rules_note=canaries.text(f"{who}_rules"), may_chat=True, agreed=(Channel.EMAIL, Channel.SMS, Channel.CHAT),
        **rules,
    )  # fmt: skip


def a_case(canaries, drawn):
    """A case with an appointment, a seal that was broken, and a canary in every text that anybody may write."""
    text = canaries.text
    area = AreaFactory(name=text("area", 120), code=text("area_code", 40), aliases=[text("area_alias")])
    staff = [UserFactory(supervisor=True, officer=True, areas=[area], name=text(f"staff{n}", 80)) for n in range(2)]
    case = CaseFactory(
        area=area, opened_by=staff[0], assigned_to=staff[0], title=text("title", 120), summary=text("summary"),
        place=text("place", 120), source_detail=text("source_detail", 60), court_place=text("court_place", 80),
        referred_to=text("referred_to", 160), dispute=drawn.dispute, risk=drawn.risk, state=drawn.stage,
    )  # fmt: skip
    canaries["reference"] = case.reference
    organization = OrganizationFactory(name=text("organization"), note=text("organization_note"))
    party = PartyFactory(case=case, contact=contact(canaries, "own"), access_needs=text("needs"))
    PartyFactory(case=case, responding=True, contact=contact(canaries, "other"), organization=organization)
    FacilitatorFactory(case=case, user=UserFactory(mediator=True, name=text("facilitator", 80)))
    ContactAttempt.objects.create(case=case, party=party, way="call", result="no_answer", note=text("log"), by=staff[0])
    venue = VenueFactory(
        area=area, name=text("venue", 120), address=text("venue_address"), note=text("venue_note"),
        transport=text("transport"),
    )  # fmt: skip
    session = Session(
        case=case, kind=drawn.kind, day=timezone.localdate() + timedelta(days=drawn.days), clock=drawn.clock,
        time_zone=drawn.zone, venue=venue, place=text("meeting_place", 120),
        online=f"https://example.org/{text('online', 80)}",
    )  # fmt: skip
    scheduling.book_session(session=session, parties=[party], staff=[staff[0]], by=staff[0])
    return SimpleNamespace(case=case, party=party, staff=staff, session=session)


def an_event(canaries, drawn, lead):
    """A public event full of canaries, and two who registered for it: one has a place, to one a place is offered."""
    text = canaries.text
    event = EventFactory(
        published=True, registers=True, lead=lead,
        title_en=text("event_title", 120), title_es=text("event_title_es", 120), place=text("event_place", 120),
        about_en=text("event_about"), about_es=text("event_about_es"),
        materials=text("event_materials"), risk_note=text("event_risk"), time_zone=drawn.zone,
        day=timezone.localdate() + timedelta(days=drawn.days), clock=drawn.clock,
    )  # fmt: skip
    people = {who: contact(canaries, who, purpose=Purpose.EVENTS) for who in ("comer", "waiter")}
    return (
        RegistrationFactory(event=event, contact=people["comer"], needs_note=text("comer_needs")),
        RegistrationFactory(event=event, contact=people["waiter"], needs_note=text("waiter_needs"), offered=True),
    )


def tried(canaries, drawn):
    """The case after something happened to its appointment and somebody broke its seal; refs of every kind."""
    made = a_case(canaries, drawn)
    Notice.objects.filter(ref=made.session.reference).update(
        state="sent", sent_at=timezone.now(), ended_at=timezone.now()
    )
    if drawn.happens == "canceled":
        scheduling.cancel_session(session=made.session, reason=canaries.text("cancel_reason"), by=made.staff[0])
    elif drawn.happens == "moved":
        moved = {"day": made.session.day + timedelta(days=1), "clock": time(10, 0), "minutes": 30, "venue": None}
        scheduling.move_session(
            session=made.session, by=made.staff[0], seen=0, place=canaries.text("new_place", 120), **moved
        )
    Case.objects.filter(pk=made.case.pk).update(access="sealed")
    made.case.refresh_from_db()
    unsealing.break_glass(case=made.case, reason=canaries.text("glass_reason"), by=made.staff[1])
    canaries["who_opened_it"] = canaries.pop("staff1")
    made.comer, made.waiter = an_event(canaries, drawn, made.staff[0])
    made.refs = {
        mails.SESSION: made.session.reference,
        mails.CHANGED: made.session.reference,
        mails.SESSION_STAFF: made.session.reference,
        mails.FOLLOW_UP: follow_up_link(made, canaries),
        mails.GLASS: f"{made.case.reference}:{made.case.break_glasses.get().pk}",
        **dict.fromkeys((telling.REGISTERED, telling.REMINDER, telling.CHANGED), f"{made.comer.handle}:1.0"),
        **dict.fromkeys((telling.OFFER, telling.OFFER_ENDS), f"{made.waiter.handle}:1.0"),
        "notices.engine": "2026-11-21 09:00",
        "accounts.factor_reset": made.staff[0].reference,
    }
    return made


def follow_up_link(made, canaries):
    """The link by which a party says whether their agreement, full of canaries, holds."""
    agreement = Agreement(case=made.case, kind="full", agreed_on=timezone.localdate())
    agreeing.record(agreement=agreement, by=made.staff[0])
    term = Term(
        agreement=agreement, who=made.party, what=canaries.text("term"), known_by=canaries.text("known_by", 200)
    )
    agreeing.add_term(term=term, by=made.staff[0])
    return str(FollowUpLink.objects.filter(party=made.party).first().handle)


PLAIN = SimpleNamespace(
    around=("", ""), kind=Session.Kind.CALL, dispute="noise", risk="low", stage=Case.State.CONTACTING, days=9,
    clock=time(14, 0), zone="", happens="nothing",
)  # fmt: skip


@st.composite
def worlds(draw):
    plain = st.characters(blacklist_categories=["Cs", "Cc"])
    return SimpleNamespace(
        around=(draw(st.text(plain, max_size=8)), draw(st.text(plain, max_size=8))),
        kind=draw(st.sampled_from([Session.Kind.CALL, Session.Kind.PRE_MEETING, Session.Kind.COACHING])),
        dispute=draw(st.sampled_from([row["code"] for row in delivered.rows() if row["kind"] == "dispute"])),
        risk=draw(st.sampled_from(Case.Risk.values)),
        stage=draw(st.sampled_from([Case.State.INTAKE, Case.State.CONTACTING, Case.State.FOLLOW_UP])),
        days=draw(st.integers(4, 400)),
        clock=draw(st.times().map(lambda clock: clock.replace(second=0, microsecond=0))),
        zone=draw(st.sampled_from(["", "Europe/Madrid", "Australia/Lord_Howe"])),
        happens=draw(st.sampled_from(["nothing", "moved", "canceled"])),
    )


# What leaves the house ------------------------------------------------------------------------
def written(name, ref, person):
    """Everything that would go out by each way: {way: all of its text, headers, names of files}, and the letter."""
    message = kinds.render(name, [ref], kinds.language_of(person))[ref]
    if message is None:
        return {}, None
    to_staff = kinds.get(name).to_staff
    stop_url = channels.unsubscribe_url(person.email)
    letter = kinds.letter(message, person, to_staff=to_staff, stop_url=stop_url)
    notice = Notice(key=f"{name}:{ref}:{person.pk}", kind=name, ref=ref, contact=person, channel=Channel.EMAIL)
    raw = channels.Email().message(notice, letter, to_staff=to_staff).message().as_bytes()
    return {
        Channel.EMAIL: all_of(raw), Channel.SMS: letter.text, Channel.CHAT: letter.text, Channel.IN_APP: letter.subject
    }, letter  # fmt: skip


def all_of(raw):
    """A mail as it travels and as it reads: every header and part, decoded."""
    read = message_from_bytes(raw, policy=default)
    parts = [part.get_content() for part in read.walk() if not part.is_multipart()]
    files = [str(part.get_filename()) for part in read.walk()]
    headers = [f"{name}: {value}" for name, value in read.items() if name != "To"]
    return without_address("\n".join([*headers, *files, *parts, as_it_travels(raw)]), str(read["To"]))


def without_address(text, own):
    """Without their own address, where the file for their calendar is addressed to them; lines are unfolded for it."""
    whole = re.sub(r"\r?\n ", "", text)
    return re.sub(rf"^(ATTENDEE[^:\n]*):mailto:{re.escape(own)}\r?$", r"\1", whole, flags=re.MULTILINE)


def as_it_travels(raw):
    """Without the line that says to whom it goes: that is their own address."""
    return "\n".join(line for line in raw.decode(errors="replace").splitlines() if not line.startswith("To:"))


def leaks(name, text, canaries):
    """The canaries that stand in a text and that its kind may not say, plain or hidden in another writing."""
    plain = f"{text}\n{unquote_plus(text)}".lower()
    forbidden = {what: word for what, word in canaries.items() if what not in ALLOWED.get(name, ())}
    encoded = {what: base64.b64encode(word.encode()).decode().rstrip("=")[:-1] for what, word in forbidden.items()}
    return sorted(what for what, word in forbidden.items() if word.lower() in plain or encoded[what] in text)


def person_for(made, name, language, rules):
    """Whoever a kind is written to, in a language and under rules; nothing of this is saved."""
    resident = made.comer if name.startswith("events.") else made.party
    pk = (made.staff[0] if kinds.get(name).to_staff else resident).contact_id
    person = Contact.objects.get(pk=pk)
    person.language = language
    for rule, value in rules.items():
        setattr(person, rule, value)
    return person


def looked_through(made, canaries, only=None):
    """Render every kind in every language under every rule: (how many by each way, what leaked)."""
    seen, leaked = set(), []
    for name, language, rules in itertools.product(only or made.refs, LANGUAGES, RULES):
        texts, letter = written(name, made.refs[name], person_for(made, name, language, rules))
        for way, text in texts.items():
            seen.add((name, language, way, tuple(rules)))
            leaked += [(name, language, str(way), what) for what in leaks(name, text, canaries)]
        if letter is not None and letter.neutral:
            shown = f"{letter.subject} {letter.body} {letter.text}".lower()
            leaked += [(name, language, "neutral", word) for word in TELLING if word in shown]
    return seen, leaked


def stored(canaries):
    """What stands in tasks and notices, which anybody to whom they escalate reads: the reference of the case alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM notices_task t UNION ALL SELECT n::text FROM notices_notice n")
        rows = "\n".join(row[0] for row in cursor.fetchall())
    return leaks("", rows, {what: word for what, word in canaries.items() if what != "reference"})


def test_every_kind_says_what_it_may_say():
    assert set(ALLOWED) == product_kinds()
    assert len(ALLOWED) == 12


def test_no_message_carries_a_word_of_the_case(size, figure):
    seen, leaked, cases = set(), [], itertools.count()

    @settings(
        max_examples=size(ci=4, full=1_000), deadline=None, derandomize=True, database=None,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @example(PLAIN)
    @given(worlds())
    def look(drawn):
        with transaction.atomic():
            canaries = Canaries(drawn.around)
            made = tried(canaries, drawn)
            assert set(made.refs) == product_kinds()
            found, bad = looked_through(made, canaries)
            seen.update(found)
            leaked.extend([*bad, *stored(canaries)])
            next(cases)
            transaction.set_rollback(True)
        assert not leaked, leaked[:5]

    look()
    figure("cases full of canaries", next(cases), f">= {size(ci=4, full=1_000)}", unit="cases")
    combinations = len(ALLOWED) * len(LANGUAGES) * len(WAYS) * len(RULES)
    figure("kinds x languages x ways x rules", len(seen), f"== {combinations}", unit="messages")
    figure("words of a case in a message", len(leaked), "== 0", unit="words")


# Through the real worker ------------------------------------------------------------------------
@pytest.fixture
def gateway(settings):
    """A gateway for texts and chat on the loopback, that keeps every byte it is sent."""
    kept = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.append(f"{self.path}\n{self.headers}\n{body.decode()}")
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.SMS_URL = settings.CHAT_URL = f"json://127.0.0.1:{server.server_port}/?:to={{to}}&+Idempotency-Key={{key}}"
    yield kept
    server.shutdown()
    server.server_close()
    thread.join()


def test_what_the_worker_sends_carries_no_word_of_the_case(gateway, figure):
    canaries = Canaries(("", ""))
    made = tried(canaries, PLAIN)
    residents = (made.party.contact_id, made.comer.contact_id)
    Contact.objects.filter(pk__in=residents).update(hours_from=time(0, 0), hours_to=time(0, 0))
    Notice.objects.all().delete()
    for name, way in itertools.product(made.refs, WAYS):
        person = person_for(made, name, "en", {})
        Contact.objects.filter(pk=person.pk).update(
            may_sms=True, may_chat=True, chat="room-1", phone_e164="+12065550100"
        )
        outbox.post(f"{name}:{way}", contact=person, kind=name, ref=made.refs[name], owner=made.staff[0], channel=way)
    known = ("own_phone", "own_chat", "comer_phone", "comer_chat", "reference")
    own = {what: word for what, word in canaries.items() if what not in known}
    delivery.deliver()

    sent = Notice.objects.filter(state="sent").count()
    texts = [all_of(one.message().as_bytes()) for one in mail.outbox] + gateway
    # One kind speaks of a change alone, and nothing changed here but that it is told all the same.
    figure("messages through the worker", sent, f"== {len(made.refs) * len(WAYS)}", unit="messages")
    assert len(texts) == len(made.refs) * 3
    said = {what for text in texts for what in leaks("", text, own)}
    assert said == {"who_opened_it", "event_title", "event_place"}
    # A message in the app is a task, whose text is the subject: of a public event that is its title.
    assert stored(own) == ["event_title"]


# The planted failures ------------------------------------------------------------------------
@pytest.mark.parametrize("part", ["subject", "body", "short", "neutral_subject", "neutral_body", "neutral_short"])
def test_a_kind_that_says_more_would_be_seen(monkeypatch, part):
    """Each part of a message is read: a title in any of them is found."""

    def render(refs, language):
        found = {session.reference: session for session in Session.objects.filter(reference__in=refs)}
        words = dict.fromkeys(["subject", "body"], "Your appointment")
        return {ref: kinds.Message(**words | {part: found[ref].case.title}) for ref in refs}

    planted = kinds.Kind("cases.planted", Purpose.CASE, kinds.Late.SEND, kinds.Crash.DOUBLE, False, render, kinds.About)
    monkeypatch.setitem(kinds.registered, "cases.planted", planted)
    canaries = Canaries(("", ""))
    made = a_case(canaries, PLAIN)
    made.refs = {"cases.planted": made.session.reference}

    assert {what for *_rest, what in looked_through(made, canaries)[1]} == {"title"}


@pytest.mark.parametrize("part", ["place", "url"])
def test_a_file_for_calendars_that_says_more_would_be_seen(monkeypatch, part):
    def render(refs, language):
        found = Session.objects.select_related("case").in_bulk(refs, field_name="reference")
        entries = {ref: replace(mails.entry_of(one), **{part: f"x:{one.case.title}"}) for ref, one in found.items()}
        return {ref: kinds.Message(subject="Hello", body="Hello", entry=entry) for ref, entry in entries.items()}

    planted = kinds.Kind("cases.planted", Purpose.CASE, kinds.Late.SEND, kinds.Crash.DOUBLE, False, render, kinds.About)
    monkeypatch.setitem(kinds.registered, "cases.planted", planted)
    canaries = Canaries(("", ""))
    made = a_case(canaries, PLAIN)
    made.refs = {"cases.planted": made.session.reference}

    assert {what for *_rest, what in looked_through(made, canaries)[1]} == {"title"}


def test_only_their_own_address_may_stand_in_their_file():
    file = "ATTENDEE;RSVP=FALSE:mailto:ana@example.org\r\nATTENDEE;CN=Zqx1titleqxZ:mailto:b\r\n en@example.org\r\n"
    kept = without_address(file, "ana@example.org")
    assert "ana@" not in kept
    assert "ben@example.org" in kept
    assert "Zqx1titleqxZ" in without_address(file, "ben@example.org")


def test_a_new_kind_would_be_noticed(monkeypatch):
    monkeypatch.setitem(kinds.registered, "cases.more", kinds.registered["cases.session"])

    assert product_kinds() - set(ALLOWED) == {"cases.more"}


def test_a_canary_in_another_writing_is_seen():
    canaries = {"title": "Zqx1titleqxZ"}
    for hidden in (b"Zqx1titleqxZ", b"zqx1TITLEqxz", b"%5Aqx1titleqxZ", base64.b64encode(b"Zqx1titleqxZ")):
        assert leaks("cases.session", f"Hello {hidden.decode()}", canaries) == ["title"]
    assert leaks("cases.session", "Hello", canaries) == []

"""Letters: what every message says and what none may say."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notices import kinds
from notices.kinds import Message, kind, letter, render_all
from notices.models import Contact, Purpose
from tests.notices.trial import mails  # noqa: F401 -- registers the kinds

REFS = {"trial.note": ["T-26-AAAAA"], "trial.work": ["T-26-BBBBB"], "notices.engine": ["2026-11-20 10:00"]}
# Long enough that no word of ours holds them by chance.
VALUES = st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x24F), min_size=12, max_size=40)


def values(letters, contact):
    """The values of a person's record that stand in these letters."""
    held = (contact.name, contact.rules_note, contact.phone, contact.email, contact.chat)
    return {value for one in letters for value in held if value and value in f"{one.subject}{one.body}{one.text}"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=VALUES, note=VALUES, phone=VALUES, email=VALUES, chat=VALUES)
def test_no_letter_holds_a_value_of_the_record(name, note, phone, email, chat):
    contact = Contact(name=name, rules_note=note, phone=phone, email=email, chat=chat)

    rendered = list(render_all(REFS, contact))

    assert len(rendered) == len(REFS) * 2 * 2
    assert values([one for *_, one in rendered], contact) == set()


def test_letter_that_names_the_person_would_be_caught():
    """The planted failure."""
    contact = Contact(name="Marta Villaverde")
    message = Message(subject="Hello", body=f"Dear {contact.name}, your case")

    assert values([letter(message, contact)], contact) == {"Marta Villaverde"}


def test_neutral_letters_name_neither_agency_nor_police():
    for name, _, _, one in render_all(REFS, Contact(name="x")):
        if one.neutral:
            words = f"{one.subject} {one.body} {one.text}".lower()
            assert not {word for word in ("police", "policía", "liaison", "unit") if word in words}, name
    assert any(one.neutral for *_, one in render_all(REFS, Contact(name="x")))


def test_kind_registered_twice_is_refused():
    with pytest.raises(ValueError, match=r"trial\.note"):
        kind("trial.note", purpose=Purpose.CASE)(lambda refs, language: {})


def test_language_falls_back_to_english_with_a_note():
    message = Message(subject="Hello", body="Your appointment is tomorrow.")

    assert kinds.language_of(Contact(language="es-MX")) == "es"
    assert kinds.language_of(Contact(language="vi")) == "en"
    assert "français" in letter(message, Contact(language="fr")).body
    assert "interpreter" in letter(message, Contact(language="so")).text
    assert "interpreter" not in letter(message, Contact(language="en")).body

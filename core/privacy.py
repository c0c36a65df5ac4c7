"""What each model holds about people, and for how long. Every app declares its models in its own `privacy.py`.

A feature that holds something about residents also registers a source there: the functions by which one person's
request (a copy, a correction, an erasure) reaches the feature's own rows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Protocol

from django.conf import settings
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.references import Referenced

declarations = {}
sources = {}


@dataclass(frozen=True)
class Keep:
    """How long rows are kept; exactly one of the first four says it.

    days: kept that many days after the date in field `after` (rows where it is empty are kept on);
    RETENTION_DAYS may set another number for a model by its label, such as `cases.case=1825`.
    with_: the row goes when the row it belongs to goes, named by its foreign key.
    while_used: kept while any row points to it by a foreign key that protects it; its own parts (CASCADE) do not count.
    forever: why rows of this kind are never disposed of.
    hold: the path from the row to the reference that a legal hold names; left out, it is the row's own `reference`,
    or that of the row it goes with.
    only: the rows that the rule is for; where `dispose` empties rows, it must leave out those already emptied.
    since: what happened on the day that `after` names, in words for the page ("the case was closed").
    """

    days: int | None = None
    after: str = ""
    with_: str = ""
    while_used: bool = False
    forever: str = ""
    hold: str = ""
    only: models.Q = field(default_factory=models.Q)
    since: str = ""

    def __post_init__(self):
        if sum(map(bool, (self.after, self.with_, self.while_used, self.forever))) != 1:
            raise ValueError("A keeping time is one of: days after a date, with another row, while used, for ever.")
        if (self.days is None) != (not self.after):
            raise ValueError("Days are counted from a date: name both, or neither.")

    def days_for(self, model):
        return settings.RETENTION.get(model._meta.label_lower, self.days)


@dataclass(frozen=True)
class Declaration:
    """One model's answer to: which fields tell about a person, how long are they kept, how are they disposed of."""

    model: type[models.Model]
    personal: tuple[str, ...]
    keep: Keep
    dispose: Callable | None = None


def declare(model, *, keep, personal=(), dispose=None):
    """Declare one model, once.

    `dispose(queryset)` replaces plain deletion where a row must be emptied instead. It runs under the disposal role
    over a batch of rows, in one transaction, and must use the queryset's own database (`queryset.db`). It may return
    {Model: pks} of further rows that it touched; the history of them goes with that of the batch.
    """
    if model in declarations:
        raise ValueError(f"{model.__name__} declares its personal fields twice.")
    unknown = set(personal) - {f.name for f in model._meta.get_fields()}
    if unknown:
        raise ValueError(f"{model.__name__} has no field {', '.join(sorted(unknown))}.")
    declarations[model] = Declaration(model, tuple(personal), keep, dispose)


def hold_path(model):
    """The path from a row to the reference by which a legal hold keeps it; empty where no hold can."""
    declaration = declarations.get(model)
    if declaration is None:
        return ""
    if declaration.keep.hold:
        return declaration.keep.hold
    if "reference" in {f.name for f in model._meta.get_fields()}:
        return "reference"
    if declaration.keep.with_:
        beyond = hold_path(model._meta.get_field(declaration.keep.with_).related_model)
        return f"{declaration.keep.with_}__{beyond}" if beyond else ""
    return ""


def end_of(model, path):
    """The model and the field at the end of a path such as `case__reference`."""
    *steps, last = path.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model
    return model, model._meta.get_field(last)


def holdable():
    """The models whose rows a legal hold can name, by label: records with a reference, which go or can be erased."""
    return {model._meta.label_lower: model for model in declarations if issubclass(model, Referenced)}


def empty_value(column):
    """What stands in a field once it says nothing about anybody any more."""
    if column.null:
        return None
    if column.has_default():
        return column.get_default()
    if isinstance(column, models.CharField | models.TextField):
        return ""
    if isinstance(column, models.GenericIPAddressField):
        return "0.0.0.0"
    if isinstance(column, models.DateTimeField):
        return datetime(1900, 1, 1, tzinfo=UTC)
    if isinstance(column, models.DateField):
        return date(1900, 1, 1)
    if isinstance(column, models.BooleanField):
        return False
    if isinstance(column, models.JSONField):
        return {}
    raise TypeError(f"{column} cannot be emptied: let it be null.")


def emptied(model, *names):
    """{field: empty value} for the personal fields of a model, or for those named: to be written by `update`."""
    return {name: empty_value(model._meta.get_field(name)) for name in names or declarations[model].personal}


def rule_in_words(declaration):
    """How long rows of a model are kept, as a sentence."""
    model, keep = declaration.model, declaration.keep
    if keep.forever:
        return capfirst(str(keep.forever))
    if keep.while_used:
        return _("Until no other record needs it")
    if keep.with_:
        owner = model._meta.get_field(keep.with_).related_model
        return _("As long as the %(thing)s it belongs to") % {"thing": owner._meta.verbose_name}
    since = keep.since or _("the date “%(field)s”") % {"field": end_of(model, keep.after)[1].verbose_name}
    return _("%(time)s after %(event)s") % {"time": days_in_words(keep.days_for(model)), "event": since}


def days_in_words(days):
    years, rest = divmod(days, 365)
    if years and not rest:
        return ngettext("%(count)d year", "%(count)d years", years) % {"count": years}
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


class StillNeeded(Exception):
    """A source cannot erase these rows now: the record they belong to is still worked on, or a law asks for them."""


@dataclass(frozen=True)
class Kept:
    """One line of the table of what is kept: the kind of row, what it says about people, for how long."""

    kind: str
    personal: tuple[str, ...]
    rule: str


def kept():
    """What we keep about people and how long, by kind: the table of the public privacy page and of the records page."""
    lines = [
        Kept(
            capfirst(model._meta.verbose_name),
            tuple(in_words(model._meta.get_field(name)) for name in declaration.personal if is_told(model, name)),
            rule_in_words(declaration),
        )
        for model, declaration in declarations.items()
        if declaration.personal
    ]
    return sorted(lines, key=lambda line: line.kind)


def in_words(column):
    return str(capfirst(column.verbose_name))


def is_told(model, name):
    """Whether a field has words for people: a copy of another one that only the program reads has none."""
    column = model._meta.get_field(name)
    return column.editable or column.verbose_name != name.replace("_", " ")


def strange_overrides():
    """Labels that RETENTION_DAYS names although nothing is counted in days there."""
    counted = {
        model._meta.label_lower for model, declaration in declarations.items() if declaration.keep.days is not None
    }
    return sorted(set(settings.RETENTION) - counted)


@dataclass(frozen=True)
class Sought:
    """The person a request is about, as they named themselves: to be compared exactly, never to be browsed by.

    `name` is folded to lower case and single spaces. `email` is lower case. `phone` is in the form +15550100.
    Whichever they did not give is empty, and matches nothing.
    """

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Found:
    """One record that holds this person. The records officer sees the kind, the reference and the count; no text.

    key: what the source itself needs to find these rows again, such as a primary key as text; it is shown to nobody.
    kind: the record in words, such as _("Party of a case").
    object_type, reference: the record a legal hold would name, such as "cases.case" and M-26-7K4QF.
    rows: how many rows a copy would hold.
    by: "address" where the phone or e-mail is the same, "name" where only the name is: two people may share one.
    blocked: why this cannot be erased now (the case is open), in words; empty where it can.
    """

    key: str
    kind: str
    object_type: str
    reference: str
    rows: int
    by: str
    blocked: str = ""


@dataclass(frozen=True)
class Section:
    """One part of a person's copy: a heading, facts as (label, text), and dated entries as (when, what, text).

    Everything is text in the language that is active; it goes into a JSON file and a PDF as it is.
    """

    title: str
    facts: Sequence[tuple[str, str]] = ()
    entries: Sequence[tuple[str, str, str]] = ()


class Source(Protocol):
    """How one feature answers requests by people. The functions are called with keyword arguments only where named.

    find(sought) -> Iterable[Found]: an exact match of the address, or of the whole name; few queries, no writing.

    bundle(keys) -> Iterable[Section]: what the person gets of these finds. Never what others said in confidence,
    communications and screening unless they were released, nor anything about other people.

    erase(keys, *, by) -> dict[Model, Iterable[pk]]: empty or delete what these finds hold about the person, in the
    caller's transaction and under the application's role, or raise StillNeeded. Return the rows touched: the disposal
    role then redacts their history (the fields declared personal are emptied in every event, who and when stay). It
    must bear being run again with keys that are gone: erasures are replayed after a restored backup.

    correct(keys, *, request) -> None: owe a task to whoever keeps these records ("correct what we hold, request
    Q-26-XXXXX"); `request` is the PersonRequest.

    left(keys) -> Iterable[str]: the kinds of free text, in words, that erase() leaves in the same records because they
    may speak of others too, and that somebody has to read. It may be left out where there are none.
    """

    def find(self, sought: Sought) -> Iterable[Found]: ...
    def bundle(self, keys: Sequence[str]) -> Iterable[Section]: ...
    def erase(self, keys: Sequence[str], *, by) -> dict: ...
    def correct(self, keys: Sequence[str], *, request) -> None: ...


@dataclass(frozen=True)
class RegisteredSource:
    """The functions of one source, under the name by which finds remember where they came from."""

    name: str
    find: Callable
    bundle: Callable
    erase: Callable
    correct: Callable
    left: Callable


def nothing_left(keys):
    """Of a source whose erasure empties all that it holds."""
    return ()


def register_source(name, *, find, bundle, erase, correct, left=nothing_left):
    """Register a feature's answers to requests by people, once, in its `privacy.py`; see Source."""
    if name in sources:
        raise ValueError(f"The source {name} is registered twice.")
    sources[name] = RegisteredSource(name, find, bundle, erase, correct, left)

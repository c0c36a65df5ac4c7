"""What is pressed at the door, and what is entered from paper."""

from django import forms
from django.core.paginator import Paginator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from events import closing
from events.door_list import expected
from events.models import CloseOut, Registration, Tap
from events.models.registration import LARGEST
from events.roster import party

State = Registration.State
# Of so many lines a browser posts fewer fields than the site takes at once.
PAGE = 300
# Nobody counts more than these by strokes on paper.
MOST_WALKED_IN = 500
HOW_MANY = format_lazy(_("Enter how many of them came, from 1 to {most}"), most=LARGEST)


class PressForm(forms.Form):
    """One press. A key that arrived before is no mistake: it is the same press, sent again."""

    key = forms.UUIDField()


class CheckInForm(PressForm):
    """They are there, and so many of them."""

    came = forms.IntegerField(
        min_value=1, max_value=LARGEST,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), HOW_MANY),
    )  # fmt: skip


def number(**options):
    return forms.IntegerField(
        required=False, min_value=0, widget=forms.NumberInput({"class": "form-control w-date", "inputmode": "numeric"}),
        **options,
    )  # fmt: skip


def written(place):
    """What is written down of a registration as a line says it: a number, 0 for not there, nothing for not known."""
    return "0" if place.state == State.NO_SHOW else str(place.came or "")


class LineForm(forms.Form):
    """One line of the paper. `was` is what stood in it when the page was shown, if somebody wrote in it."""

    came = number(label=_("Came"), max_value=LARGEST)
    missed = forms.BooleanField(
        label=_("Did not come"), required=False, widget=forms.CheckboxInput({"class": "form-check-input"})
    )

    def __init__(self, data=None, *, place, was=""):
        self.place, self.was, self.now = place, was, written(place)
        initial = {"came": place.came, "missed": place.state == State.NO_SHOW}
        super().__init__(data, prefix=place.handle.hex, initial=initial)
        if not place.had_place:
            del self.fields["missed"]
        self.called, self.code, self.party = place.called, place.door_code, party(place)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}: {self.called or self.code}"

    @property
    def shown(self):
        """The two controls of the line; who had no place cannot have stayed away."""
        return {"came": self["came"], "missed": self["missed"] if "missed" in self.fields else None}

    @classmethod
    def of(cls, place, data):
        """The line as it was posted. One that nobody wrote in shows what stands there now."""
        prefix = place.handle.hex
        typed, was = data.get(f"{prefix}-came", "").strip(), data.get(f"{prefix}-was", "").strip()
        said = " ".join(filter(None, [typed, "0" if f"{prefix}-missed" in data else ""]))
        return cls(data if said != was else None, place=place, was=was)

    def clean(self):
        data = super().clean()
        came, missed = data.get("came"), data.get("missed", False)
        if came and missed:
            self.add_error("came", _("Enter a number, or tick that they did not come"))
        if came == 0 and not self.place.had_place:
            self.add_error("came", _("They had no place. Leave this empty if they did not come"))
        self.answer = 0 if missed else came
        said = "" if self.answer is None else str(self.answer)
        if not self.errors and self.now not in (self.was, said):
            told = _("Somebody wrote something else down in the meantime: %(now)s. Enter what is right")
            self.add_error("came", told % {"now": self.now or "–"})
        self.is_new = said != self.now
        return data


class WalkInForm(forms.Form):
    """How many came who are not on the list."""

    def __init__(self, data=None, **kwargs):
        super().__init__(data, **kwargs)
        for name in CloseOut.COUNTS:
            label = CloseOut._meta.get_field(name).verbose_name
            self.fields[name] = number(label=label, max_value=MOST_WALKED_IN)

    def counted(self):
        """{(age, visit): how many}."""
        found = {
            (age, visit): self.cleaned_data[f"{closing.NAMES[age]}_{visit}"] or 0
            for age in Tap.Age.values
            for visit in Tap.Visit.values
        }
        return {name: count for name, count in found.items() if count}


class Sheet:
    """The paper of the door, line by line, with those who are not on it. It is saved as a whole or not at all."""

    def __init__(self, data, *, event, page):
        waits = (State.WAITING, State.PENDING)
        places = [place for place in expected(event) if place.state not in waits]
        self.page = Paginator(places, PAGE).get_page(page)
        self.lines = [LineForm(place=place) if data is None else LineForm.of(place, data) for place in self.page]
        self.others = WalkInForm(data)
        self.counted = sum(closing.counts(event).values())

    def is_valid(self):
        """Every line is looked at, so that all faults are told at once."""
        found = [form.is_valid() for form in (*self._written, self.others)]
        return all(found)

    @property
    def _written(self):
        return [line for line in self.lines if line.is_bound]

    @property
    def faults(self):
        """(where, what) of each thing to be mended."""
        fields = [(line.called or line.code, field) for line in self._written for field in line]
        fields += [(field.label, field) for field in self.others]
        return [(name, field.id_for_label, error) for name, field in fields for error in field.errors]

    def answers(self):
        return [(line.place, line.answer) for line in self._written if line.is_new]

    def walked_in(self):
        return self.others.counted()

"""Controls that people can fill in without a mouse, without script and in their own way of writing.

Dates are three numeric fields in the order of the language, and a pasted date in any of them is understood. Times are
text on the 24-hour clock. Phone numbers take any punctuation.
"""

import calendar
import datetime
import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats, timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

PARTS = ("day", "month", "year")
LABELS = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
LETTERS = {"d": "day", "j": "day", "m": "month", "n": "month", "N": "month", "F": "month", "Y": "year", "y": "year"}
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
# Outside these years arithmetic with zones and weeks would leave the calendar, and nobody means them.
YEARS = range(1900, 9999)


def parts_in_order():
    """Day, month and year as the current language writes them in figures."""
    pattern = formats.get_format("SHORT_DATE_FORMAT")
    found = [LETTERS[letter] for letter in pattern if letter in LETTERS]
    return found if sorted(found) == sorted(PARTS) else list(PARTS)


def pasted_date(text):
    """The date that a person pasted whole, in ISO or a local form; None if it is none."""
    for pattern in formats.get_format("DATE_INPUT_FORMATS"):
        try:
            return datetime.datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    return None


class DateParts(forms.Widget):
    """Three numeric fields for one date."""

    template_name = "core/widgets/date_parts.html"
    use_fieldset = True
    autocomplete = "off"

    def id_for_label(self, id_):
        return f"{id_}_{parts_in_order()[0]}" if id_ else ""

    def value_from_datadict(self, data, files, name):
        """ISO text for the field to read; what is no date stays as it was typed, so that it can be shown again."""
        typed = {part: data.get(f"{name}_{part}", "").strip() for part in PARTS}
        filled = [text for text in typed.values() if text]
        if not filled:
            return data.get(name, "")
        whole = next(filter(None, map(pasted_date, filled)), None)
        if whole:
            return whole.isoformat()
        return "-".join(typed[part] for part in ("year", "month", "day"))

    def value_omitted_from_data(self, data, files, name):
        return not any(key in data for key in (name, *(f"{name}_{part}" for part in PARTS)))

    def split(self, value):
        """What each of the three fields shows."""
        if isinstance(value, datetime.date):
            return {"day": value.day, "month": value.month, "year": value.year}
        pieces = str(value or "").split("-")
        return dict(zip(("year", "month", "day"), pieces, strict=False)) if len(pieces) == 3 else {"day": value}

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        widget, shown = context["widget"], self.split(value)
        id_ = widget["attrs"].get("id", f"id_{name}")
        invalid = widget["attrs"].pop("aria-invalid", "")
        widget["attrs"].setdefault("class", "form-control")
        widget |= {
            "autocomplete": widget["attrs"].get("autocomplete", self.autocomplete),
            "invalid": bool(invalid),
            "described_by": f"{id_}_error" if invalid else "",
            "parts": [
                {"label": LABELS[part], "name": f"{name}_{part}", "id": f"{id_}_{part}", "value": shown.get(part)}
                for part in parts_in_order()
            ],
        }
        return context


class DateField3(forms.DateField):
    """A date typed in three fields; the error says what is wrong with it."""

    widget = DateParts
    default_error_messages = {
        "required": _("Enter a date"),
        "invalid": _("Enter a real date, with day, month and year"),
    }

    def to_python(self, value):
        try:
            day = super().to_python(value)
        except ValidationError as error:
            raise ValidationError(self.advice(value), code="invalid") from error
        if day is not None and day.year not in YEARS:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return day

    def advice(self, value):
        """Why this is no date: most often the month is shorter than was thought."""
        match = ISO.fullmatch(str(value))
        if not match or int(match[1]) == 0 or int(match[2]) not in range(1, 13):
            return self.error_messages["invalid"]
        year, month = int(match[1]), int(match[2])
        name = formats.date_format(datetime.date(year, month, 1), "F")
        days = calendar.monthrange(year, month)[1]
        return gettext("Enter a real date: %(month)s has %(days)s days") % {"month": name, "days": days}


class PastDateField(DateField3):
    """A day that has been, today included."""

    default_error_messages = {"future": _("Enter a day that is not in the future")}

    def validate(self, value):
        super().validate(value)
        if value is not None and value > timezone.localdate():
            raise ValidationError(self.error_messages["future"], code="future")


def every_half_hour(first=8, last=20):
    """The suggestions under a time field; any other time may be typed."""
    return [f"{hour:02}:{minute}" for hour in range(first, last) for minute in ("00", "30")]


class TimeText(forms.TimeInput):
    """A time as text on the 24-hour clock, with a list of suggestions."""

    template_name = "core/widgets/time_text.html"

    def __init__(self, attrs=None, suggestions=None):
        given = {"autocomplete": "off", "size": 5, "class": "w-date num"} | (attrs or {})
        super().__init__(given, format="%H:%M")
        self.suggestions = suggestions or every_half_hour()

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{context['widget']['attrs'].get('id', name)}_times"
        context["widget"]["suggestions"] = self.suggestions
        return context


class TimeField24(forms.TimeField):
    """A time; "9", "930", "9.30" and "09:30" are all understood."""

    widget = TimeText
    default_error_messages = {"required": _("Enter a time"), "invalid": _("Enter a time like 14:30")}

    def to_python(self, value):
        if isinstance(value, str):
            match = re.fullmatch(r"\s*(\d{1,2})\s*[:.h]?\s*(\d{2})?\s*", value)
            value = f"{int(match[1]):02}:{match[2] or '00'}" if match else value
        return super().to_python(value)


class PhoneInput(forms.TextInput):
    """One field for a phone number, with any punctuation; normalizing it is the model's work."""

    input_type = "tel"

    def __init__(self, attrs=None):
        super().__init__({"autocomplete": "off", "inputmode": "tel", "class": "w-s num"} | (attrs or {}))

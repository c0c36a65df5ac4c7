"""Who comes to an event, what they need, and how they may be told of a change: as residents write it, and as we do."""

from crispy_forms.layout import Div, Fieldset
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core import code_forms
from core.forms import OFF, Helper
from core.widgets import PhoneInput
from events import flood, registering, trap
from events.forms import LANGUAGES, several
from events.models import Need, Registration
from events.models.registration import LARGEST
from notices.models import Channel, Contact, Purpose
from notices.phones import e164
from notices.reach import is_set_up

EMAIL, TEXT, CALL, NONE = "email", "text", "call", "none"
WAYS = {
    EMAIL: _("By e-mail"),
    TEXT: _("By text message"),
    CALL: _("By a call"),
    NONE: _("I do not want to be contacted"),
}
NOT_AT_ALL = _("They do not want to be contacted")
# The ways by which messages go out by themselves.
CHANNELS = {EMAIL: Channel.EMAIL, TEXT: Channel.SMS}


HOW_MANY = _("Enter how many of you come, from 1 to %(most)d. If you are more, call us")


def _count(label, initial, **options):
    return forms.IntegerField(
        label=label, min_value=0, max_value=LARGEST, initial=initial,
        widget=forms.NumberInput({"class": "w-date", "inputmode": "numeric"}), **options,
    )  # fmt: skip


class PlaceForm(forms.Form):
    """Who comes and how they are reached. Only a number and a way, which may be none, must be given."""

    OFFERED = (EMAIL, TEXT, NONE)
    # Whether nobody looks at what is typed before we write to the address.
    UNSEEN = True

    adults = _count(_("Adults"), 1, error_messages={"required": _("Enter how many adults come, or 0")})
    children = _count(_("Children"), 0, required=False)
    needs = several(_("What would help you to take part?"), Need.choices, required=False)
    needs_note = forms.CharField(
        label=_("Anything else that would help"), max_length=200, required=False, widget=forms.TextInput(OFF)
    )
    language = forms.ChoiceField(label=_("Your language"), choices=LANGUAGES)
    called = forms.CharField(
        label=_("What may we call you?"), max_length=120, required=False,
        widget=forms.TextInput({"autocomplete": "name", "class": "w-m"}),
        help_text=_("A first name is enough."),
    )  # fmt: skip
    way = forms.ChoiceField(
        label=_("How may we tell you if something changes?"), widget=forms.RadioSelect,
        help_text=_("We remind you two days before as well. Whichever you choose, you get a link and a code."),
        error_messages={"required": _("Choose how we may tell you, or that you do not want to be contacted")},
    )  # fmt: skip
    email = forms.EmailField(
        label=_("E-mail"), required=False, widget=forms.EmailInput({"autocomplete": "email", "class": "w-m"})
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=PhoneInput({"autocomplete": "tel"}),
        help_text=_("With the country code if it is not a local number."),
    )  # fmt: skip
    neutral = forms.BooleanField(label=_("Write so that nobody who sees my screen learns who writes"), required=False)
    more = forms.BooleanField(label=_("Tell me of other events and news by the same way"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("language", (get_language() or settings.LANGUAGE_CODE).split("-")[0])
        can = [way for way in self.OFFERED if way not in CHANNELS or is_set_up(CHANNELS[way])]
        self.fields["way"].choices = [(way, WAYS[way]) for way in can]
        if TEXT not in can and CALL not in can:
            del self.fields["phone"]

    @property
    def parts(self):
        """The layout that every form of a place has in common."""
        ways = [name for name in ("way", "email", "phone", "neutral", "more") if name in self.fields]
        return (
            Fieldset(_("Who comes"), Div("adults", "children", css_class="cluster fields"), "called"),
            Fieldset(_("So that you can take part"), "language", "needs", "needs_note"),
            Fieldset(_("So that we can tell you"), *ways),
        )

    def clean(self):
        data = super().clean()
        data["adults"], data["children"] = data.get("adults") or 0, data.get("children") or 0
        if not self.errors.keys() & {"adults", "children"} and not 0 < data["adults"] + data["children"] <= LARGEST:
            self.add_error("adults", HOW_MANY % {"most": LARGEST})
        self._judge_way(data)
        return data

    def _judge_way(self, data):
        """What belongs to a way that was not chosen is not kept."""
        way = data.get("way")
        if way == EMAIL and not data.get("email") and "email" not in self.errors:
            self.add_error("email", _("Enter the address to which we may write"))
        if way == TEXT and not e164(data.get("phone", "")):
            self.add_error("phone", _("For texts, enter the whole number with its area code"))
        if way == CALL and not data.get("phone"):
            self.add_error("phone", _("Enter the number under which we may call"))
        data["email"] = data.get("email", "") if way == EMAIL else ""
        data["phone"] = data.get("phone", "").strip() if way in (TEXT, CALL) else ""

    def _refuse_flood(self, data, known=()):
        """Nobody has us write to somebody else again and again; to what we knew before nothing new is sent."""
        channel = None if self.errors or not self.UNSEEN else CHANNELS.get(data["way"])
        name, address = ("email", data["email"]) if channel == Channel.EMAIL else ("phone", e164(data["phone"]))
        if channel and address not in known and not flood.may_write(channel, address):
            self.add_error(name, _("We wrote there several times today. Choose another way, or call us"))

    def party(self):
        """Who comes and what they need, as the model keeps it."""
        return {name: self.cleaned_data[name] for name in ("adults", "children", "needs", "needs_note")}

    def fill(self, contact):
        """Write into a contact how they are reached, and nothing else."""
        data = self.cleaned_data
        contact.name, contact.language, contact.neutral = data["called"].strip(), data["language"], data["neutral"]
        contact.email, contact.phone, contact.phone_e164 = data["email"], data["phone"], e164(data["phone"])
        contact.may_email, contact.may_sms, contact.may_call = (data["way"] == way for way in (EMAIL, TEXT, CALL))

    def given(self):
        """What they agreed to be written to about: (purpose, way) of each."""
        channel = CHANNELS.get(self.cleaned_data["way"])
        if channel is None:
            return []
        return [(Purpose.EVENTS, channel)] + [(Purpose.NEWS, channel)] * self.cleaned_data["more"]

    def place(self):
        """Somebody new, with the contact by which they are known, neither of them saved."""
        contact = Contact()
        self.fill(contact)
        return Registration(contact=contact, **self.party())


class RegisterForm(PlaceForm):
    """As a resident fills it in, without an account."""

    # No person sees it; a program that fills in whatever there is does.
    website = forms.CharField(label=_("Leave this empty"), required=False, widget=forms.TextInput(OFF))
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["shown"] = trap.stamp()
        self.helper = Helper(*self.parts, Div("website", hidden="hidden"), "shown", submit=_("Register"), cancel=cancel)

    def clean(self):
        data = super().clean()
        if data.get("website") or not trap.is_plausible(data.get("shown") or ""):
            self._show_again()
            raise ValidationError(_("Look at your answers once more, and send them again."))
        self._refuse_flood(data)
        return data

    def _show_again(self):
        """A person who was taken for a program sends the same form once more: nothing may stand in their way then."""
        self.data = self.data.copy()
        self.data["website"] = ""
        if not trap.is_genuine(self.data.get("shown", "")):
            self.data["shown"] = trap.stamp()


class ChangeForm(PlaceForm):
    """The same for somebody who registered before. `seen` notices that it was changed in the meantime."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, place, cancel, **kwargs):
        super().__init__(*args, initial=typed_for(place), **kwargs)
        self.known = {place.contact.email, place.contact.phone_e164}
        self.helper = Helper("seen", *self.parts, submit=_("Save the changes"), cancel=cancel)

    def clean(self):
        data = super().clean()
        self._refuse_flood(data, self.known)
        return data

    def change(self, place, *, by):
        """Give the changes to the verb; False where there is no room for so many, which the form then says."""
        try:
            registering.change(
                place, seen=self.cleaned_data["seen"], party=self.party(), fill=self.fill, given=self.given(), by=by
            )
        except registering.NoRoom as refusal:
            self.add_error("adults", str(refusal))
            return False
        return True


def way_of(contact):
    """The way by which somebody wants to be told."""
    ways = {EMAIL: contact.may_email, TEXT: contact.may_sms, CALL: contact.may_call}
    return next((way for way, ticked in ways.items() if ticked), NONE)


def told_by(contact):
    """The same in words for staff."""
    way = way_of(contact)
    return NOT_AT_ALL if way == NONE else WAYS[way]


def typed_for(place):
    """What a form shows of somebody who registered before."""
    contact = place.contact
    return {
        "adults": place.adults, "children": place.children, "needs": place.needs, "needs_note": place.needs_note,
        "language": contact.language, "called": contact.name, "email": contact.email, "phone": contact.phone,
        "way": way_of(contact), "neutral": contact.neutral,
        "more": contact.consents.filter(purpose=Purpose.NEWS, withdrawn_at=None).exists(), "seen": place.version,
    }  # fmt: skip


class ByStaff:
    """What differs where one of us types: a call is a way as well, and the browser remembers nothing."""

    OFFERED = (EMAIL, TEXT, CALL, NONE)
    UNSEEN = False
    LABELS = {
        "needs": _("What would help them to take part?"),
        "language": _("Their language"),
        "called": _("What they want to be called"),
        "way": _("How they want to be told if something changes"),
        "neutral": _("Nobody who sees their screen may learn who writes"),
        "more": _("They want to hear of other events and news by the same way"),
    }

    def word_for_staff(self):
        for name, label in self.LABELS.items():
            self.fields[name].label = label
        self.fields["way"].help_text = _("Ask them. By a call means that one of us calls.")
        self.fields["way"].choices = [
            (way, NOT_AT_ALL if way == NONE else label) for way, label in self.fields["way"].choices
        ]
        for name in ("called", "email", "phone"):
            self.fields[name].widget.attrs |= OFF


class AddForm(ByStaff, PlaceForm):
    """Somebody who called, or whom we asked."""

    asked = forms.BooleanField(
        label=_("We asked them, and they have not answered yet"), required=False,
        help_text=_("No place is kept for them until they say that they come."),
    )  # fmt: skip

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.word_for_staff()
        self.helper = Helper(*self.parts, "asked", submit=_("Add them"), cancel=cancel)

    def place(self):
        place = super().place()
        if self.cleaned_data["asked"]:
            place.state = Registration.State.PENDING
        return place


class StaffChangeForm(ByStaff, ChangeForm):
    """What somebody who registered told us anew."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.word_for_staff()


class CodeForm(code_forms.CodeForm):
    """The code that they kept."""

    def find(self, told):
        return registering.opened_by(told)

"""The forms of posts: write, schedule, note what was posted by hand, give up."""

from datetime import timedelta

from crispy_forms.bootstrap import StrictButton
from crispy_forms.layout import Fieldset
from django import forms
from django.conf import settings
from django.core.validators import URLValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.forms import OFF, Helper, one_line
from core.versions import VersionedModelForm
from core.widgets import DateField3, TimeField24
from events.models import Event
from notices.walltime import local_to_utc
from portal.channels import LIMITS, Length
from portal.models import Post, Update
from portal.models.drafted import LANGUAGES
from portal.models.post import TEXTS

LEGENDS = {
    Length.LONG: _("The text"),
    Length.MEDIUM: _("For channels such as Mastodon"),
    Length.SHORT: _("For text messages and the like"),
}
ROWS = {Length.LONG: 7, Length.MEDIUM: 4, Length.SHORT: 3}
# Nobody posts about what was news longer ago.
OFFERED_FOR = timedelta(days=365)


class UpdateChoice(forms.ModelChoiceField):
    """An update by its title."""

    def label_from_instance(self, update):
        return update.in_force.title_en


class EventChoice(forms.ModelChoiceField):
    """An event by its day and its title, because those of a series have one title."""

    def label_from_instance(self, event):
        return f"{date_format(event.day, 'DATE_FORMAT')}, {event.clock:%H:%M}: {event.title}"


class Words(forms.CharField):
    """A text as it is posted: a browser sends two characters where one line ends."""

    def __init__(self, *, label, rows, language):
        super().__init__(label=label, required=False, widget=forms.Textarea({"rows": rows, "lang": language} | OFF))

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class PostForm(VersionedModelForm):
    """What a post says, for each length in both languages, with how many characters that takes.

    The server counts whenever it shows the form, and when somebody presses for it; script counts while they type.
    """

    class Meta:
        model = Post
        fields = ["title", *TEXTS, "update", "event"]
        field_classes = {"update": UpdateChoice, "event": EventChoice}
        widgets = {
            "title": forms.TextInput(OFF),
            "update": forms.Select({"class": "w-m"}),
            "event": forms.Select({"class": "w-m"}),
        }
        help_texts = {
            "title": _("For the unit alone, so that everybody finds it in the list."),
            "update": _("Its address is put under each text, and counts."),
            "event": _("In place of an update. If the event is moved or called off, the post waits for you."),
        }
        error_messages = {"title": {"required": _("Enter what it is about")}}

    def __init__(self, *args, submit, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        recent = Q(published_at__gte=timezone.now() - OFFERED_FOR) | Q(pk=self.instance.update_id)
        self.fields["update"].queryset = Update.objects.published().filter(recent).select_related("in_force")
        self.fields["event"].queryset = self._events()
        for name in ("update", "event"):
            self.fields[name].empty_label = _("None")
        for name, length, language in self._texts():
            self.fields[name] = Words(label=self.fields[name].label, rows=ROWS[length], language=language)
        self._tell_counts(self.instance, {name: getattr(self.instance, name) for name in TEXTS})
        self.helper = Helper(
            "version", "title",
            *(Fieldset(LEGENDS[length], *(f"{length}_{language}" for language in LANGUAGES)) for length in LIMITS),
            "update", "event", submit=submit, cancel=cancel,
        )  # fmt: skip
        buttons = self.helper.layout.fields[-1]
        buttons.insert(
            1, StrictButton(_("Count the characters"), type="submit", name="count", value="1", css_class="btn-quiet")
        )

    def _events(self):
        """Public events to come that stand as announced, and the one that it leads to already."""
        coming = Q(pk__in=Event.objects.shown().ahead().filter(state__in=Event.OPEN).order_by().values("pk"))
        offered = Event.objects.filter(coming | Q(pk=self.instance.event_id)).order_by("starts_at", "id")
        return offered.only("day", "clock", "title_en", "title_es", "reference", "sequence")

    def _texts(self):
        return [(f"{length}_{language}", length, language) for length in LIMITS for language in LANGUAGES]

    def _tell_counts(self, post, words):
        """Say above each text how many characters it takes, with what is put around it, and how many it may."""
        for name, length, language in self._texts():
            around, field = sum(map(len, post.around(language))), self[name]
            taken = len(words[name]) + around if words[name] else 0
            counted = format_html('<span id="{}_count">{}</span>', field.auto_id, taken)
            told = gettext("{count} of {limit} characters")
            field.help_text = format_html(told, count=counted, limit=LIMITS[length])
            field.field.widget.attrs["data-around"] = around

    def clean(self):
        """No text is longer than its channels take, together with what is put around it."""
        data = super().clean()
        if data.get("update") and data.get("event"):
            self.add_error("event", _("Choose an update or an event, not both"))
        post = Post(corrects=self.instance.corrects, update=data.get("update"), event=data.get("event"))
        words = {name: data.get(name, "") for name in TEXTS}
        self._tell_counts(post, words)
        for name, length, language in self._texts():
            over = len(words[name]) + sum(map(len, post.around(language))) - LIMITS[length]
            if words[name] and over > 0:
                told = ngettext("Take out %(count)s character", "Take out %(count)s characters", over)
                self.add_error(name, told % {"count": over})
        return data

    def save(self, *, by):
        if self.instance.pk:
            self.instance.edit(self, by=by)
        else:
            self.instance.write(by=by)
        return self.instance


class ScheduleForm(forms.Form):
    """When a post goes out, by the clocks here."""

    day = DateField3(label=_("Day"))
    clock = TimeField24(label=_("Time"), help_text=_("On the 24-hour clock, as the clocks of the unit show it."))

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = Helper("day", "clock", submit=_("Schedule it"), cancel=cancel)

    def clean(self):
        data = super().clean()
        if data.get("day") and data.get("clock") and local_to_utc(data["day"], data["clock"]) <= timezone.now():
            self.add_error("day", _("Enter a time that has not passed"))
        return data


class ByHandForm(forms.Form):
    """Where somebody posted a text themselves, and which."""

    which = forms.ChoiceField(
        label=_("Which text"), widget=forms.RadioSelect, error_messages={"required": _("Choose which text")}
    )
    place = one_line(
        _("Where"), required=_("Enter where it was posted"), max_length=60,
        help_text=_("The channel, such as the notice board of the library. No names of people."),
    )  # fmt: skip
    link = forms.URLField(
        label=_("Address of the post"), max_length=300, required=False, assume_scheme="https",
        validators=[URLValidator(["https", "http"])], widget=forms.URLInput(OFF),
    )  # fmt: skip

    def __init__(self, *args, post, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.post = post
        names = dict(settings.LANGUAGES)
        self.fields["which"].choices = [
            (f"{length}-{language}", f"{names[language]}, {length.label}: {Truncator(text).chars(80)}")
            for length, language, text in post.texts()
        ]
        self.helper = Helper("which", "place", "link", submit=_("It is posted"), cancel=cancel)

    def clean(self):
        data = super().clean()
        if data.get("which") and data.get("place"):
            same = self.post.postings.filter(channel__iexact=data["place"], language=self.what()["language"])
            if same.exists():
                self.add_error("place", _("It is noted already that this language was posted there"))
        return data

    def what(self):
        """What the verb needs."""
        data = self.cleaned_data
        length, _dash, language = data["which"].partition("-")
        return {"length": Length(length), "language": language, "place": data["place"], "link": data.get("link", "")}


class GiveUpForm(forms.Form):
    """Why a post will not be posted."""

    why = one_line(_("Why"), required=_("Enter why it is not posted"), max_length=300)

"""Forms of the records pages: filters of the audit, holds, requests by people."""

from datetime import date, datetime, time, timedelta

from crispy_forms.layout import Fieldset
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import privacy, references
from core.audit import Kind
from core.forms import OFF, Helper
from core.models import AuditEntry, LegalHold, PersonRequest
from core.widgets import DateField3

# Other people's data: the browser of a shared computer must not offer it to the next person.
DAY = forms.DateInput({"type": "date"}, "%Y-%m-%d")


class AuditFilter(forms.Form):
    """What of the audit to show. Who, act and reference are compared as a whole, so that a million entries are no
    matter.
    """

    who = forms.CharField(label=_("Who"), required=False, max_length=254)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Any")), *Kind.choices])
    act = forms.CharField(label=_("Act"), required=False, max_length=80)
    reference = forms.CharField(label=_("Record"), required=False, max_length=80)
    start = forms.DateField(label=_("From"), required=False, widget=DAY)
    end = forms.DateField(label=_("To"), required=False, widget=DAY)
    sealed = forms.BooleanField(label=_("Sealed records only"), required=False)

    def chosen(self):
        """What was asked for, without what was left empty: {name: text}."""
        values = self.cleaned_data if self.is_valid() else {}
        return {name: str(value) for name, value in values.items() if value}

    def entries(self):
        """The entries that fit, newest first; none where the filter makes no sense."""
        if not self.is_valid():
            return AuditEntry.objects.none()
        asked = self.cleaned_data
        wanted = Q()
        for name, value in (("actor", asked["who"].strip().lower()), ("kind", asked["kind"]), ("act", asked["act"])):
            wanted &= Q(**{name: value}) if value else Q()
        if asked["reference"]:
            wanted &= Q(reference__in={asked["reference"].strip(), references.tidy(asked["reference"])})
        if asked["start"]:
            wanted &= Q(at__gte=start_of(asked["start"]))
        if asked["end"] and asked["end"] < date.max:
            wanted &= Q(at__lt=start_of(asked["end"] + timedelta(days=1)))
        if asked["sealed"]:
            wanted &= Q(facts__sealed=True)
        return AuditEntry.objects.filter(wanted)


def start_of(day):
    return timezone.make_aware(datetime.combine(day, time()))


class ReasonForm(forms.Form):
    """Why: for acts that the law wants a reason for."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args, submit="", cancel="", **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = Helper("reason", submit=submit, cancel=cancel)


class LegalHoldForm(forms.ModelForm):
    """Place a hold on one record that exists. Only its reference is looked up: nobody opens it by this."""

    object_type = forms.ChoiceField(label=_("Kind of record"))

    class Meta:
        model = LegalHold
        fields = ["object_type", "reference", "reason"]
        help_texts = {"reference": _("For example M-26-7K4QF.")}
        widgets = {"reference": forms.TextInput(OFF), "reason": forms.Textarea({"rows": 3})}

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = privacy.holdable()
        self.fields["object_type"].choices = [(label, model._meta.verbose_name) for label, model in kinds.items()]
        self.helper = Helper("object_type", "reference", "reason", submit=_("Place the hold"), cancel=cancel)

    def clean_reference(self):
        return references.tidy(self.cleaned_data["reference"])

    def clean(self):
        asked = super().clean()
        model = privacy.holdable().get(asked.get("object_type"))
        reference = asked.get("reference")
        if model is None or not reference:
            return asked
        if not model._base_manager.filter(reference=reference).exists():
            self.add_error("reference", _("We hold no such record. Check the kind and the reference."))
        elif LegalHold.objects.standing().filter(object_type=asked["object_type"], reference=reference).exists():
            self.add_error("reference", _("A hold stands on this record already."))
        return asked

    def save(self, *, by):
        self.instance.place(by=by)
        return self.instance


class PersonRequestForm(forms.ModelForm):
    """What somebody asks for, how we know it is them, and by what we may find them."""

    received_on = DateField3(label=_("Received on"))

    class Meta:
        model = PersonRequest
        fields = ["kind", "received_on", "proof", "name", "address"]
        help_texts = {
            "name": _("As they gave it to us. It is compared as a whole."),
            "address": _("The phone or e-mail that we may have written down. It finds more surely than a name."),
        }
        widgets = {
            "kind": forms.RadioSelect,
            "proof": forms.Textarea({"rows": 2}),
            "name": forms.TextInput(OFF),
            "address": forms.TextInput(OFF),
        }

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = PersonRequest.RequestKind.choices
        self.initial.setdefault("received_on", timezone.localdate())
        self.helper = Helper(
            Fieldset(_("The request"), "kind", "received_on", "proof"),
            Fieldset(_("The person"), "name", "address"),
            submit=_("Record the request"),
            cancel=cancel,
        )

    def clean_received_on(self):
        day = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    def clean(self):
        asked = super().clean()
        if not asked.get("name", "").strip() and not asked.get("address", "").strip():
            self.add_error("address", _("Give a phone, an e-mail or a name: without one nothing can be found."))
        return asked

    def save(self, *, by):
        self.instance.receive(by=by)
        return self.instance


class FindingsForm(forms.Form):
    """Which finds are this person."""

    chosen = forms.ModelMultipleChoiceField(None, required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["chosen"].queryset = request.findings.all()

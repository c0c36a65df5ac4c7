"""The forms of the readiness gate: declarations, screening, notice, consent, and the texts that parties are given."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models import ConflictDeclaration, Consent, NoticeGiven, Party, Screening, Wording
from core.forms import OFF, Helper


class ChoicesField(forms.TypedMultipleChoiceField):
    """Several of a model's choices, kept as a list."""

    widget = forms.CheckboxSelectMultiple


class DeclarationForm(forms.ModelForm):
    """One facilitator on one side of the case."""

    class Meta:
        model = ConflictDeclaration
        fields = ["party", "result", "serious", "disclosed"]
        widgets = {"party": forms.RadioSelect, "result": forms.RadioSelect, "disclosed": forms.TextInput(OFF)}
        error_messages = {
            "party": {"required": _("Choose whom you declare on")},
            "result": {"required": _("Choose what you declare")},
        }
        help_texts = {"disclosed": _("Needed where every party agreed to go on. Seen by the team of the case.")}

    def __init__(self, *args, facilitator, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.facilitator = facilitator
        sides = facilitator.case.parties.ever_sides()
        self.fields["party"].queryset, self.fields["party"].empty_label = sides, None
        self.fields["party"].label_from_instance = _named
        self.fields["result"].choices = ConflictDeclaration.Result.choices
        self.helper = Helper("party", "result", "serious", "disclosed", submit=_("Declare"), cancel=cancel)

    def clean(self):
        data = super().clean()
        result = data.get("result")
        if data.get("serious") and result and result != ConflictDeclaration.Result.RECUSED:
            self.add_error("result", _("A serious conflict cannot be waived by anybody: choose to step back"))
        if result == ConflictDeclaration.Result.WAIVED and not data.get("disclosed"):
            self.add_error("disclosed", _("Enter what was told to every party"))
        return data


def _named(party):
    return f"{party}, {party.get_role_display()}"


class ScreeningForm(forms.ModelForm):
    """What a party said in private about safety and capacity. Nothing of it is kept before it is saved."""

    alone = forms.BooleanField(
        label=_("We talked alone, where nobody else could hear"),
        error_messages={"required": _("Screen each party alone, in private, and confirm that you did")},
    )
    concerns = ChoicesField(
        label=_("What they told you of, or what you noticed"), choices=Screening.Concern.choices, required=False
    )
    changes = ChoicesField(
        label=_("What has to be different"),
        choices=Screening.Change.choices,
        required=False,
        help_text=_("Only where it is suitable with changes."),
    )

    class Meta:
        model = Screening
        fields = ["concerns", "partner_violence", "result", "changes", "note"]
        widgets = {"result": forms.RadioSelect, "note": forms.Textarea({"rows": 4} | OFF)}
        error_messages = {"result": {"required": _("Choose whether a joint session is suitable for them")}}
        help_texts = {"note": _("For the facilitators of this case alone.")}

    def __init__(self, *args, party, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.party = party
        self.fields["result"].choices = Screening.Result.choices
        self.helper = Helper(
            "alone", "concerns", "partner_violence", "result", "changes", "note",
            submit=_("Save the screening"), cancel=cancel,
        )  # fmt: skip

    def clean(self):
        data = super().clean()
        result, changes = data.get("result"), data.get("changes")
        if result == Screening.Result.WITH_CHANGES and not changes:
            self.add_error("changes", _("Choose what has to be different"))
        if result in (Screening.Result.SUITABLE, Screening.Result.NOT_SUITABLE) and changes:
            self.add_error("changes", _("Leave these empty, or choose “suitable with changes”"))
        if data.get("partner_violence") and result and result != Screening.Result.NOT_SUITABLE:
            self.add_error("result", _("With such a sign a joint session is not suitable"))
        return data


class WordingField(forms.ModelChoiceField):
    """The text in force, in the languages that there are; the party's own first."""

    def __init__(self, kind, **options):
        super().__init__(
            queryset=None,
            label=_("Text and language"),
            empty_label=None,
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose the text that they were given")},
            **options,
        )
        self.kind = kind

    def begin(self, party):
        """Offer what is in force now; give the one in the party's language."""
        current = Wording.objects.current().filter(kind=self.kind)
        self.queryset = Wording.objects.filter(pk__in=[wording.pk for wording in current])
        own = [wording.pk for wording in current if wording.language == party.contact.language]
        return own[0] if own else None


class NoticeForm(forms.ModelForm):
    """That a party was given the confidentiality notice."""

    wording = WordingField(Wording.Kind.NOTICE)

    class Meta:
        model = NoticeGiven
        fields = ["wording", "way"]
        widgets = {"way": forms.RadioSelect}
        error_messages = {"way": {"required": _("Choose how they were given it")}}

    def __init__(self, *args, party, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.party = party
        self.initial.setdefault("wording", self.fields["wording"].begin(party))
        self.fields["way"].choices = NoticeGiven.Way.choices
        self.helper = Helper("wording", "way", submit=_("Record the notice"), cancel=cancel)


class ConsentForm(forms.ModelForm):
    """What a party, or the guardian of a minor, answered."""

    wording = WordingField(Wording.Kind.CONSENT)
    voluntary = forms.BooleanField(
        label=_("They know that it is voluntary and that they can stop at any time"),
        required=False,
    )

    class Meta:
        model = Consent
        fields = ["guardian", "answer", "mode", "witness", "wording"]
        widgets = {"answer": forms.RadioSelect, "mode": forms.RadioSelect, "witness": forms.TextInput(OFF)}
        error_messages = {
            "answer": {"required": _("Choose what they answered")},
            "mode": {"required": _("Choose how they answered")},
        }
        help_texts = {"witness": _("Who heard it, where it was said and not signed.")}

    def __init__(self, *args, party, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.party = party
        self.initial.setdefault("wording", self.fields["wording"].begin(party))
        # Whoever said no as a guardian may say otherwise, though they left or the child has grown up since.
        refusing, beside = Consent.objects.refusing_guardians(party), Q(beside=party, left_at=None)
        guardians = Party.objects.filter(beside & Q(role=Party.Role.GUARDIAN) | Q(pk__in=refusing))
        self.fields["guardian"].queryset = guardians.select_related("contact")
        self.fields["guardian"].empty_label = str(party)
        if not party.is_minor and not refusing:
            del self.fields["guardian"]
        self.fields["answer"].choices, self.fields["mode"].choices = Consent.Answer.choices, Consent.Mode.choices
        who = ["guardian"] if "guardian" in self.fields else []
        self.helper = Helper(
            *who, "answer", "voluntary", "mode", "witness", "wording", submit=_("Record the answer"), cancel=cancel
        )

    def clean(self):
        data = super().clean()
        if data.get("answer") == Consent.Answer.CONSENTED and not data.get("voluntary"):
            self.add_error("voluntary", _("Consent counts only where they know that it is voluntary"))
        if data.get("mode") == Consent.Mode.VERBAL and not data.get("witness"):
            self.add_error("witness", _("Enter who heard it"))
        return data


class WordingForm(forms.ModelForm):
    """A new version of a text in one language."""

    class Meta:
        model = Wording
        fields = ["body"]
        widgets = {"body": forms.Textarea({"rows": 18} | OFF)}
        error_messages = {"body": {"required": _("Enter the text")}}

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = Helper("body", submit=_("Publish as the next version"), cancel=cancel)

    def clean_body(self):
        # A browser sends its own line ends, which are no change.
        body = self.cleaned_data["body"].replace("\r\n", "\n").strip()
        if body == self.instance.body.strip():
            raise ValidationError(_("Change something: this is the text that is in force"))
        return body

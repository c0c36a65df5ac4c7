"""Lost edits: two people change one record, and neither text disappears."""

from django import forms
from django.db import models, transaction


class EditConflict(Exception):
    """Somebody saved the record while this form was open. The site answers 409 and shows both texts."""

    def __init__(self, form, current):
        super().__init__(str(current))
        self.form = form
        self.current = current

    @property
    def version_field(self):
        """The name under which the form carries its version."""
        return self.form.add_prefix("version")

    def differences(self):
        """For each field that differs: its label, what is saved now, what this person typed."""
        rows = []
        for name in self.form.changed_data:
            if name in self.form.fields and name != "version":
                field = self.form.fields[name]
                saved = getattr(self.current, name, "")
                display = getattr(self.current, f"get_{name}_display", None)
                rows.append((field.label or name, display() if display else saved, self.form[name].value()))
        return rows


class Versioned(models.Model):
    """A row that counts its edits, so that an edit made on an older text is noticed."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class VersionedModelForm(forms.ModelForm):
    """A form that carries the version it was opened with and refuses to overwrite a newer one."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version

    @transaction.atomic
    def save_version(self):
        """Write the changed fields if nobody else did since; one of two racing saves raises EditConflict."""
        opened = self.cleaned_data.get("version") or 0
        model = type(self.instance)
        current = model._base_manager.select_for_update(of=("self",)).get(pk=self.instance.pk)
        if current.version != opened:
            raise EditConflict(self, current)
        self.instance.version = opened + 1
        # Only what this form edits: a verb may have moved the state since the row was read for this form.
        edited = {field.name for field in self.instance._meta.local_concrete_fields} & set(self.cleaned_data)
        self.instance.save(update_fields=[*edited, "version"])
        self._save_m2m()
        return self.instance

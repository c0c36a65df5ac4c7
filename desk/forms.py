"""The one form of the desk: who takes over which case."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.forms import officers_of_each


class HandOverForm(forms.Form):
    """A choice of officer for each case; a case without one stays where it is."""

    def __init__(self, *args, cases, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.cases = {case.reference: case for case in cases}
        officers = officers_of_each({case.area_id for case in self.cases.values()})
        for case in self.cases.values():
            others = [(reference, name) for pk, reference, name in officers[case.area_id] if pk != person.pk]
            self.fields[case.reference] = forms.ChoiceField(
                choices=[("", _("Not yet")), *others],
                required=False,
                label=_("Who takes over %(case)s") % {"case": case.reference},
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    def rows(self):
        """Each case with its control, for the table."""
        return [{"case": case, "field": self[reference]} for reference, case in self.cases.items()]

    def chosen(self):
        """{case: officer} of what was chosen; of whoever was disabled at that moment nothing is given."""
        wanted = {reference: choice for reference, choice in self.cleaned_data.items() if choice}
        people = {person.reference: person for person in User.objects.active().filter(reference__in=wanted.values())}
        return {self.cases[reference]: people[choice] for reference, choice in wanted.items() if choice in people}

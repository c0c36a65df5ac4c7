"""How every form that saves is laid out: crispy, with the key that makes it act once."""

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

# For controls whose words a browser must not keep and offer to the next person.
OFF = {"autocomplete": "off"}


def one_line(label, *, required, help_text="", max_length=200):
    """A line in somebody's own words; `required` is what they are told when it is empty."""
    return forms.CharField(
        label=label, max_length=max_length, widget=forms.TextInput(OFF), help_text=help_text,
        error_messages={"required": required},
    )  # fmt: skip


class Helper(FormHelper):
    """A posted form: error summary, the fields given, one filled button, a Cancel link.

    The first submit button in the document is the safe main one, so Enter presses it.
    """

    def __init__(self, *fields, submit, cancel="", multipart=False):
        super().__init__()
        self.form_method = "post"
        self.form_class = "form-narrow"
        self.attrs = {"novalidate": "novalidate"}
        self.form_show_errors = True
        buttons = [StrictButton(submit, type="submit", css_class="btn-primary")]
        if cancel:
            buttons.append(HTML(f'<a class="btn btn-bare" href="{cancel}">{_("Cancel")}</a>'))
        self.layout = Layout(HTML("{% idempotency_key %}"), *fields, Div(*buttons, css_class="save-bar"))

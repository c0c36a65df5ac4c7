"""Names of posted fields as people know them, for texts that were kept without the form they were typed into."""

import re

from django import forms
from django.urls import Resolver404, resolve

PART = re.compile(r"_(day|month|year)$")


def of_fields(path, names):
    """{posted name: label} for a form posted to a path. What no form knows is told by its own words.

    Forms are not kept with a text, so they are looked for among those that are loaded: first those of the app that the
    path belongs to, then those after which a prefix is named, then those that share most fields with what was posted.
    """
    plain = {name: PART.sub("", name.rpartition("-")[2]) for name in names}
    wanted = set(plain.values())
    forms_of_app = _app(path)
    named = {f"{name.rpartition('-')[0]}form" for name in names if "-" in name}

    def how_near(form):
        name, shared = form.__qualname__, len(wanted & set(form.base_fields))
        # The name decides last, so that the order of imports never does.
        return form.__module__.partition(".")[0] == forms_of_app, name.lower() in named, shared, form.__module__, name

    labels = {}
    for form in sorted(_all_forms(), key=how_near, reverse=True):
        for name in wanted & set(form.base_fields) - set(labels):
            labels[name] = form.base_fields[name].label
    return {name: labels.get(word) or word.replace("_", " ").capitalize() for name, word in plain.items()}


def _app(path):
    try:
        return resolve(path.partition("?")[0]).app_name
    except Resolver404:
        return ""


def _all_forms(form=forms.BaseForm):
    for below in form.__subclasses__():
        if hasattr(below, "base_fields"):
            yield below
        yield from _all_forms(below)

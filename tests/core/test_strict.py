"""The gates against silence in templates, each shown a planted failure."""

import pytest
from django.conf import settings
from django.core.paginator import Paginator, UnorderedObjectListWarning
from django.template import Context, Origin, Template, engines
from django.template.loader import render_to_string

from areas.models import Area
from tests import strict
from tests.factories.areas import AreaFactory


def rendered(text, **context):
    """A template of ours: what no loader found counts as ours too."""
    return Template(text, engine=engines["django"].engine).render(Context(context))


@pytest.mark.parametrize(
    "text",
    [
        "{{ nothing }}",
        "{{ known.nothing }}",
        "{{ nothing|default:'x' }}",
        "{% if nothing == 1 %}{% else %}{{ nothing }}{% endif %}",
        "{% blocktranslate %}Hello {{ nothing }}{% endblocktranslate %}",
        "{% for one in rows %}{{ one.nothing }}{% endfor %}",
        "{% include '_empty.html' with why=nothing %}",
        "{% firstof nothing 'x' %}{{ nothing }}",
    ],
)
def test_a_variable_that_nobody_gave_fails(text):
    with pytest.raises(strict.UndefinedVariable, match="nothing is undefined"):
        rendered(text, known={"a": 1}, rows=[{"a": 1}])


@pytest.mark.parametrize(
    "text", ["{{ known.a }}", "{{ empty }}", "{% if nothing %}x{% endif %}", "{% firstof nothing 'x' %}", "{{ none }}"]
)
def test_what_was_given_or_asked_for_passes(text):
    rendered(text, known={"a": 1}, empty="", none=None)


def test_the_place_is_named():
    with pytest.raises(strict.UndefinedVariable, match=r"_page_head.html, line \d+"):
        render_to_string("_page_head.html", {})


def test_templates_of_libraries_are_forgiven():
    library = Template("{{ nothing }}", origin=Origin("/somewhere/site-packages/x.html", "x.html"), name="x.html")

    assert library.render(Context()) == ""


def test_the_tests_run_under_it():
    assert settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"].__class__ is strict.Undefined
    assert engines["django"].engine.string_if_invalid.__class__ is strict.Undefined


FOR = "{% for area in areas %}{{ area.name }}{% endfor %}"


def test_rows_without_an_order_fail(db):
    AreaFactory()

    with pytest.raises(strict.UnorderedRows, match="Areas without an order"):
        rendered(FOR, areas=Area.objects.order_by())


def test_rows_in_an_order_pass(db):
    AreaFactory(name="Eastgate")

    assert rendered(FOR, areas=Area.objects.order_by("name")) == "Eastgate"
    assert rendered(FOR, areas=Area.objects.none()) == ""
    assert rendered(FOR, areas=list(Area.objects.order_by())) == "Eastgate"


def test_pages_of_rows_without_an_order_fail(db):
    """A warning of Django, and warnings are errors."""
    AreaFactory()

    with pytest.raises(UnorderedObjectListWarning):
        Paginator(Area.objects.order_by(), 1).get_page(1)

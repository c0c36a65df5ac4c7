"""Organizations: list, page, and the people at them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import audit
from core.answers import require
from core.once import once
from notices.forms import ContactForm
from notices.models import Purpose
from partners import rules
from partners.forms import OrganizationContactForm, OrganizationForm
from partners.models import Organization

FORM = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 25


def _organization(request, reference):
    return get_object_or_404(Organization.objects.visible_to(request.user).select_related("area"), reference=reference)


@require_safe
def organization_list(request):
    """Organizations by name, narrowed by words, kind and whether they are active."""
    text, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    found = Organization.objects.search(request.user, text) if text else Organization.objects.visible_to(request.user)
    if kind in Organization.Kind.values:
        found = found.filter(kind=kind)
    if request.GET.get("former") != "1":
        found = found.active()
    page = Paginator(found.select_related("area").defer("vector").order_by("name", "id"), PAGE)
    context = {"page_obj": page.get_page(request.GET.get("page")), "kinds": Organization.Kind.choices, "kind": kind}
    return render(
        request, "partners/organization_list.html", context | {"q": text, "can_edit": rules.can_edit(request.user)}
    )


@FORM
@once
def organization_create(request):
    require(rules.can_edit(request.user))
    form = OrganizationForm(
        request.POST or None, cancel=reverse("partners:organization_list"), submit=_("Add the organization")
    )
    if request.method == "POST" and form.is_valid():
        organization = form.save(commit=False)
        organization.add(by=request.user)
        messages.success(request, _("%(organization)s is added.") % {"organization": organization})
        return redirect(organization)
    return render(request, "partners/organization_create.html", {"form": form})


@require_safe
def organization_detail(request, reference):
    """The page of an organization. It shows the people there and how they are reached, so opening it is recorded."""
    organization = _organization(request, reference)
    audit.opened(request.user, organization)
    people = organization.people.select_related("contact")
    context = {"organization": organization, "people": people, "can_edit": rules.can_edit(request.user)}
    return render(request, "partners/organization_detail.html", context)


@FORM
def organization_edit(request, reference):
    organization = _organization(request, reference)
    require(rules.can_edit(request.user))
    cancel = organization.get_absolute_url()
    form = OrganizationForm(request.POST or None, instance=organization, cancel=cancel, submit=_("Save"))
    if request.method == "POST" and form.is_valid():
        form.save_version()
        audit.record(
            request.user, "organization.edit", organization, fields=sorted(set(form.changed_data) - {"version"})
        )
        messages.success(request, _("%(organization)s is saved.") % {"organization": organization})
        return redirect(organization)
    return render(request, "partners/organization_edit.html", {"form": form, "organization": organization})


@FORM
@once
def contact_add(request, reference):
    organization = _organization(request, reference)
    require(rules.can_edit(request.user))
    return _contact_page(request, organization, None, "partners/contact_add.html")


@FORM
def contact_edit(request, reference, handle):
    organization = _organization(request, reference)
    person = get_object_or_404(organization.people.select_related("contact"), handle=handle)
    require(rules.can_edit(request.user))
    return _contact_page(request, organization, person, "partners/contact_edit.html")


def _contact_page(request, organization, person, template):
    """One page for adding and editing: the part they play and how they are reached, saved together."""
    posted = request.POST or None
    form = OrganizationContactForm(posted, instance=person, organization=organization, prefix="part")
    contact = person.contact if person else None
    contact_form = ContactForm(posted, instance=contact, prefix="contact", purpose=Purpose.REFERRALS)
    if request.method == "POST" and not [one for one in (form, contact_form) if not one.is_valid()]:
        kept = form.save(commit=False)
        kept.contact = contact_form.save(by=request.user)
        kept.keep(by=request.user)
        messages.success(request, _("%(person)s is saved.") % {"person": kept.contact})
        return redirect(organization)
    if person is not None and request.method == "GET":
        audit.opened(request.user, organization, page="contact_edit")
    wrong = [one for one in (form, contact_form) if one.is_bound and one.errors]
    context = {
        "organization": organization, "person": person, "form": wrong[0] if wrong else form, "part_form": form,
        "contact_form": contact_form, "forms": [contact_form, form],
    }  # fmt: skip
    return render(request, template, context)


@FORM
def contact_remove(request, reference, handle):
    organization = _organization(request, reference)
    person = get_object_or_404(organization.people.select_related("contact"), handle=handle)
    require(rules.can_edit(request.user))
    if request.method == "POST":
        person.forget(by=request.user)
        messages.success(request, _("The contact is deleted."))
        return redirect(organization)
    audit.opened(request.user, organization, page="contact_remove")
    return render(request, "partners/contact_remove.html", {"organization": organization, "person": person})

"""How staff write updates, let each other approve them, and look at them again."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.answers import require
from core.once import once
from portal import approving, publishing, rules, standing
from portal.models import Update, UpdateVersion
from portal.texts import in_both_languages
from portal.update_forms import BackForm, RenewForm, UpdateForm, WithdrawForm

FORM = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 25


def update_of(request, reference):
    return get_object_or_404(Update.objects.visible_to(request.user).whole(), reference=reference)


@require_safe
def update_list(request):
    """Updates as staff write them, the newest first, narrowed by state and kind."""
    require(rules.can_write(request.user))
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    found = Update.objects.visible_to(request.user).select_related("newest", "in_force", "owner")
    if state in Update.State.values:
        found = found.filter(state=state)
    if kind in UpdateVersion.Kind.values:
        found = found.filter(newest__kind=kind)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    chosen = {"state": state, "states": Update.State.choices, "kind": kind, "kinds": UpdateVersion.Kind.choices}
    rows = standing.update_rows(page)
    return render(request, "portal/update_list.html", {"page_obj": page, "rows": rows, **chosen})


@FORM
@once
def update_create(request):
    require(rules.can_write(request.user))
    form = UpdateForm(request.POST or None, submit=_("Save the draft"), cancel=reverse("portal:update_list"))
    if request.method == "POST" and form.is_valid():
        update = form.save(by=request.user)
        messages.success(
            request, _("Draft %(update)s is saved. Read it, then send it for approval.") % {"update": update}
        )
        return redirect(update)
    return render(request, "portal/update_create.html", {"form": form})


@require_safe
def update_detail(request, reference):
    """An update as residents will read it, what was read before, and what comes next."""
    update = update_of(request, reference)
    versions = list(update.versions.select_related("written_by", "changed_by", "published_by"))
    context = {
        "update": update,
        "newest": update.newest,
        "chips": standing.chips_of_update(update),
        "texts": in_both_languages(update.newest),
        "versions": versions,
        "may": _may(request.user, update),
        "lacks": update.lacks() if update.is_draft else [],
    }
    return render(request, "portal/update_detail.html", context)


def _may(user, update):
    """The acts that this page offers to whoever opened it: what they may do, and what can be done now."""
    works, is_out = rules.can_work_on(user, update), update.state == Update.State.PUBLISHED
    return {
        "edit": works and update.is_draft,
        "approve": update.is_waiting and rules.can_approve(user, update),
        "send_back": update.is_waiting and rules.can_send_back(user, update),
        "change": works and is_out,
        "withdraw": update.is_shown and rules.can_withdraw(user, update),
    }


@FORM
def update_edit(request, reference):
    update = update_of(request, reference)
    require(rules.can_work_on(request.user, update))
    update.refuse_unless_draft()
    form = UpdateForm(
        request.POST or None, instance=update.newest, submit=_("Save the draft"), cancel=update.get_absolute_url()
    )
    if request.method == "POST" and form.is_valid():
        form.save(by=request.user)
        messages.success(request, _("Draft %(update)s is saved.") % {"update": update})
        return redirect(update)
    return render(request, "portal/update_edit.html", {"form": form, "update": update})


@require_POST
def update_send(request, reference):
    update = update_of(request, reference)
    require(rules.can_work_on(request.user, update))
    approving.send(text=update, by=request.user)
    messages.success(request, _("%(update)s waits for a second person.") % {"update": update})
    return redirect(update)


@require_POST
def update_approve(request, reference):
    update = update_of(request, reference)
    require(rules.can_approve(request.user, update), _("Somebody who had no hand in it has to approve it."))
    publishing.publish(update=update, seen=request.POST.get("seen", ""), by=request.user)
    messages.success(request, _("Published: residents read %(update)s now.") % {"update": update})
    return redirect(update)


@FORM
def update_send_back(request, reference):
    update = update_of(request, reference)
    require(rules.can_send_back(request.user, update))
    form = BackForm(request.POST or None, cancel=update.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        approving.send_back(text=update, note=form.cleaned_data["note"], by=request.user)
        messages.success(request, _("%(update)s is a draft again.") % {"update": update})
        return redirect(update)
    return render(request, "portal/update_send_back.html", {"form": form, "update": update})


@require_POST
@once
def update_change(request, reference):
    """Begin another version of a published update."""
    update = update_of(request, reference)
    require(rules.can_work_on(request.user, update))
    update.change(by=request.user)
    return redirect("portal:update_edit", update.reference)


@FORM
def update_withdraw(request, reference):
    update = update_of(request, reference)
    require(rules.can_withdraw(request.user, update))
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        publishing.withdraw(update=update, by=request.user, **form.cleaned_data)
        messages.success(request, _("%(update)s is withdrawn. Residents read why.") % {"update": update})
        return redirect(update)
    return render(request, "portal/update_withdraw.html", {"form": form, "update": update})


@FORM
def update_renew(request, reference):
    """Somebody looked at it, and it still holds."""
    update = update_of(request, reference)
    require(rules.can_work_on(request.user, update))
    form = RenewForm(request.POST or None, cancel=update.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        publishing.renew(update=update, review_on=form.cleaned_data["review_on"], by=request.user)
        messages.success(request, _("Noted: %(update)s still holds.") % {"update": update})
        return redirect(update)
    return render(request, "portal/update_renew.html", {"form": form, "update": update})

"""The contact log."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases import actions, rules
from cases.fetch import case_of
from cases.forms import ContactAttemptForm
from cases.opening import show
from core.answers import require
from core.once import once


@require_http_methods(["GET", "HEAD", "POST"])
@once
def contact_create(request, reference):
    """Log a contact, or a try. A way that breaks a safe-contact rule is taken down, and said out loud."""
    case = case_of(request, reference)
    require(rules.can_log_contact(request.user, case))
    form = ContactAttemptForm(
        request.POST or None, case=case, cancel=case.get_absolute_url(), initial=_asked_for(request, case)
    )
    if request.method == "POST" and form.is_valid():
        attempt = actions.log_contact(attempt=form.save(commit=False), by=request.user)
        messages.success(request, _("Logged: %(contact)s.") % {"contact": attempt})
        if attempt.against_rules:
            messages.warning(
                request, _("This way is against their safe-contact rules. Ask them before you use it again.")
            )
        return redirect(case)
    parties = case.parties.present().select_related("contact")
    return show(request, case, "cases/contact_create.html", {"form": form, "parties": parties})


def _asked_for(request, case):
    """The party that a link names, or the only one there is."""
    parties = list(case.parties.present().values_list("pk", "handle"))
    named = [pk for pk, handle in parties if str(handle) == request.GET.get("party")]
    return {"party": named[0]} if named else {"party": parties[0][0]} if len(parties) == 1 else {}

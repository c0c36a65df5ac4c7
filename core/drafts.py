"""What somebody typed and has not saved: kept for fourteen days, for them alone, by form and record."""

import re
from urllib.parse import urlencode

from django.urls import reverse

from core.models import Draft

SECRET = re.compile(r"password|csrfmiddlewaretoken|idempotency_key", re.IGNORECASE)
LONGEST = 100_000
# A form sent again out of a draft carries this mark, so that the draft goes once the form is accepted.
MARK = "kept_draft"


def never_kept(view):
    """For forms whose words are sealed: when a session ends they are gone, rather than kept where others could read."""
    view.is_kept = False
    return view


def plain(text):
    """Without NUL bytes: nobody types one, no form takes one, and the database keeps none."""
    return text.replace("\x00", "")


def keep(user, form, subject, path, posted):
    """Keep the posted fields of a form, secrets left out; returns the draft, or None where there is nothing to keep."""
    fields = {
        plain(name): [plain(value) for value in values] for name, values in posted.lists() if not SECRET.search(name)
    }
    typed = sum(len(value.strip()) for values in fields.values() for value in values)
    if not typed or typed > LONGEST or len(path) > 300:
        return None
    draft, _created = Draft.objects.update_or_create(
        user=user, form=form[:80], subject=subject[:80], defaults={"path": path, "fields": fields}
    )
    return draft


def of(user):
    """Somebody's drafts, newest first: for My day and the list of drafts."""
    return Draft.objects.filter(user=user)


def initial(user, form, subject=""):
    """What a form begins with: the fields of the draft kept for it, as `initial` wants them; empty without one.

    A view passes its own url name: `CaseForm(initial=drafts.initial(request.user, "cases:case_create"))`.
    """
    draft = of(user).filter(form=form, subject=subject).first()
    if draft is None:
        return {}
    return {name: values[0] if len(values) == 1 else values for name, values in draft.fields.items()}


def forget(user, form, subject=""):
    """The form was saved: its draft goes, in the same transaction."""
    of(user).filter(form=plain(form), subject=plain(subject)).delete()


def place(request):
    """The form and the record that a request posted to: its url name and the reference in its address."""
    match = request.resolver_match
    return match.view_name[:80], str(match.kwargs.get("reference", ""))[:80]


def keep_conflict(request):
    """Keep what lost against a newer text. The draft leads to a page that shows it and sends it again.

    Of a form that is never kept nothing is kept here either, nor of a public page: its address may open something.
    """
    view = request.resolver_match.func
    if not getattr(view, "is_kept", True) or not getattr(view, "login_required", True):
        return None
    form, subject = place(request)
    where = {"form": form, "subject": subject, "at": request.path}
    return keep(request.user, form, subject, f"{reverse('core:draft_detail')}?{urlencode(where)}", request.POST)


def typed(fields, without=()):
    """Posted or kept fields as (name, value) pairs for hidden inputs, secrets and marks left out."""
    lists = fields.lists() if hasattr(fields, "lists") else fields.items()
    names = {MARK, *without}
    return [
        (name, value) for name, values in lists if not SECRET.search(name) and name not in names for value in values
    ]

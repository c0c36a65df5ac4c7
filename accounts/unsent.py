"""What somebody had typed when their session ended: kept as a draft, and sent by them once they are back."""

import re

from core import labels
from core.drafts import plain
from core.models import Draft
from core.numbers import whole

FORM = "unsent"
# Sent again with a kept form, so that the middleware can drop what was kept once it is saved.
FIELD = "unsent"
# Fields that a person never typed: they are sent again, but there is nothing in them to read.
HIDDEN = re.compile(r"idempotency_key|version|initial-.*|.*-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS")
SECRET = re.compile(r".*(password|token).*|code|credential", re.IGNORECASE)


def typed(request):
    """The posted fields without secrets; what was posted again out of a draft does not carry its own mark along."""
    lists = {plain(name): [plain(value) for value in values] for name, values in request.POST.lists()}
    return {name: values for name, values in lists.items() if not SECRET.fullmatch(name) and name != FIELD}


def keep(request):
    """Keep the form that this request posted; returns the draft, or None where it held nothing to keep."""
    fields, path = typed(request), request.get_full_path()
    if not any(words(fields)) or len(path) > 300:
        return None
    draft, _created = Draft.objects.update_or_create(
        user=request.user,
        form=FORM,
        subject=request.path[:80],
        defaults={"path": path, "fields": {"values": fields, "files": len(request.FILES)}},
    )
    return draft


def of(user):
    return Draft.objects.filter(user=user, form=FORM)


def sent(request):
    """A kept form was accepted: forget it."""
    of(request.user).filter(pk=whole(request.POST.get(FIELD, ""))).delete()


def words(fields):
    """What a person reads of posted fields: those that they could have filled in, and did."""
    visible = ((name, values) for name, values in fields.items() if not HIDDEN.fullmatch(name))
    return [(name, value) for name, values in visible for value in values if value.strip()]


def shown(draft):
    """For the page: what was typed, as words to read and as fields to send again."""
    values = draft.fields["values"]
    fields = [(name, value) for name, entered in values.items() for value in entered]
    read = words(values)
    names = labels.of_fields(draft.path, {name for name, _value in read})
    told = [(names[name], value) for name, value in read]
    return {"draft": draft, "fields": fields, "words": told, "files": draft.fields["files"]}

"""Letters and forms for one party: which there are, and each as a file."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_safe

from cases import letters, rules
from cases.fetch import party_of
from cases.opening import show
from core import audit
from core.answers import require


@require_safe
def letter_list(request, reference, handle):
    """Every letter in every language, for one party."""
    party = party_of(request, reference, handle)
    require(rules.can_work_on(request.user, party.case))
    context = {"party": party, "kinds": letters.Kind.choices, "languages": settings.LANGUAGES}
    return show(request, party.case, "cases/letter_list.html", context)


@require_safe
def letter_print(request, reference, handle, kind, language):
    """One letter as a tagged PDF."""
    if kind not in letters.Kind or language not in dict(settings.LANGUAGES):
        raise Http404
    party = party_of(request, reference, handle)
    require(rules.can_work_on(request.user, party.case))
    with translation.override(language):
        content = letters.render(letters.Kind(kind), party)
    if content is None:
        raise Http404
    audit.opened(request.user, party.case, page="letter_print", letter=kind, language=language)
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{party.case.reference}-{kind}.pdf"'
    return answer

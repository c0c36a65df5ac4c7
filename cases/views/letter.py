"""Letters and forms for one party: which there are, and each as a file."""

from django.conf import settings
from django.http import Http404
from django.utils import translation
from django.views.decorators.http import require_safe

from cases import letters, rules
from cases.fetch import party_of
from cases.opening import hand_out, show
from core.answers import require


@require_safe
def letter_list(request, reference, handle):
    """Every letter in every language, for one party."""
    party = party_of(request, reference, handle)
    require(rules.can_work_on(request.user, party.case))
    screens = party.counts_as_side and rules.facilitates(request.user, party.case)
    kinds = [(kind, kind.label) for kind in letters.Kind if screens or kind != letters.Kind.SCREENING]
    context = {"party": party, "kinds": kinds, "languages": settings.LANGUAGES}
    return show(request, party.case, "cases/letter_list.html", context)


@require_safe
def letter_print(request, reference, handle, kind, language):
    """One letter as a tagged PDF."""
    if kind not in letters.Kind or language not in dict(settings.LANGUAGES):
        raise Http404
    party = party_of(request, reference, handle)
    if kind == letters.Kind.SCREENING:
        require(rules.facilitates(request.user, party.case))
        if not party.counts_as_side:
            raise Http404
    require(rules.can_work_on(request.user, party.case))
    with translation.override(language):
        content = letters.render(letters.Kind(kind), party)
    if content is None:
        raise Http404
    return hand_out(request, party.case, content, f"{party.case.reference}-{kind}", letter=kind, language=language)

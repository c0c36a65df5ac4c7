"""What cases print for the sides. Nothing here reads communications or screening."""

from django.conf import settings
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from cases.paper_codes import Paper, code_of
from core import pdf


def agreement(row):
    """An agreement as PDF in the language that is active: its terms in the words of the sides, and lines to sign on."""
    return pdf.render("cases/agreement.typ", words_of(row))


def words_of(row):
    """Everything that stands on the paper of an agreement."""
    return {
        "paper": settings.PAPER,
        "title": str(row.title),
        "facts": [
            (_("Case"), row.case.reference),
            (_("Agreed on"), date_format(row.agreed_on, "DATE_FORMAT")),
            (_("Kind"), row.get_kind_display()),
        ],
        "terms": [_term(term) for term in row.terms.select_related("who__contact", "who__organization")],
        "labels": {"terms": _("What we promise"), "sign": _("Signed by"), "day": _("Day")},
        "nothing": _("No promise was written down."),
        "signers": [party.full_name for party in row.sides().select_related("organization")],
        "foot": code_of(Paper.AGREEMENT, row.case, row),
        "note": _(
            "We made this agreement ourselves and of our own will. %(unit)s helped us to talk and does not enforce it. "
            "If something does not work, call %(phone)s and we talk again."
        )
        % {"unit": settings.AGENCY["unit"], "phone": settings.AGENCY["phone"]},
    }


def _term(term):
    facts = []
    if term.repair:
        facts.append((_("How it repairs the harm"), term.get_repair_display()))
    if term.by_when:
        facts.append((_("By"), date_format(term.by_when, "DATE_FORMAT")))
    if term.amount is not None:
        facts.append((_("Amount"), number_format(term.amount, 2)))
    if term.known_by:
        facts.append((_("We will know by"), term.known_by))
    return {"who": term.who.full_name, "what": term.what, "facts": facts}

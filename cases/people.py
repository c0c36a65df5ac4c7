"""How cases answer requests by people: find the parties that are the person, copy what we hold on them, empty it."""

from django.db.models import CharField, Count, Q, TextField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases import owed
from cases.models import (
    AgencyUpdate,
    AgreementShare,
    BreakGlass,
    Case,
    CirclePlan,
    CircleSeat,
    Communication,
    ConflictDeclaration,
    Consent,
    ContactAttempt,
    FollowUpLink,
    GateOverride,
    JoinedAgency,
    Merge,
    Party,
    PreCircle,
    Screening,
    SealLift,
    Session,
    Term,
)
from core.privacy import Found, Section, StillNeeded, declarations, emptied
from notices.models import Contact
from notices.people import same_person


def find(sought):
    """Parties with the same phone or e-mail, or called exactly so."""
    parties = Party.objects.annotate(entries=Count("contact_log")).select_related("case")
    for party, by in same_person(parties, sought):
        yield Found(
            key=str(party.handle),
            kind=_("Party of a case"),
            object_type=Case._meta.label_lower,
            reference=party.case.reference,
            rows=1 + party.entries,
            by=by,
            blocked="" if party.case.is_closed else _("The case is open."),
        )


# Texts about a case in which a person may be spoken of, with the way to their case, and to whom they belong where they
# belong to somebody: what belongs to the person goes, the rest somebody has to read.
TEXTS = {
    Case: ("pk", ""), Session: ("case", "parties"), ContactAttempt: ("case", "party"),
    ConflictDeclaration: ("party__case", "party"), Communication: ("case", "party"), CirclePlan: ("case", ""),
    Term: ("agreement__case", "who"), AgreementShare: ("agreement__case", ""), JoinedAgency: ("case", ""),
    AgencyUpdate: ("agency__case", ""), GateOverride: ("case", ""), Merge: ("kept", ""), BreakGlass: ("case", ""),
    SealLift: ("case", ""),
}  # fmt: skip
TOLD = (
    "contact_log",
    "sessions",
    "notices_given__wording",
    "consents__wording",
    "terms__agreement",
    "follow_up_answers",
    "pre_circles",
    "agencies_consented__organization",
)


def bundle(keys):
    """How to reach them, their part, when we were in touch, what they agreed to and promised.

    Notes may tell of others, so they are left out; communications and screening are in no copy.
    """
    parties = Party.objects.filter(handle__in=keys).select_related("case", "contact", "organization")
    for party in parties.prefetch_related(*TOLD).order_by("id"):
        contact = party.contact
        yield Section(
            title=_("Case %(case)s") % {"case": party.case.reference},
            facts=[
                (_("Name"), contact.name),
                (_("Their part"), party.get_role_display()),
                (_("Phone"), contact.phone),
                (_("E-mail"), contact.email),
                (_("Language"), contact.language),
                (_("Safe-contact rules"), "; ".join(str(rule.words) for rule in contact.safe_rules)),
                (_("Access needs"), party.access_needs),
                (_("Needs an interpreter"), _("Yes") if party.needs_interpreter else _("No")),
                (_("Case received"), _when(party.case.received_at)),
                (_("Dispute"), party.case.get_dispute_display()),
            ],
            entries=sorted(_entries(party)),
        )


def _entries(party):
    for attempt in party.contact_log.all():
        note = _("An officer's note is kept; ask for it to be read for you.") if attempt.note else ""
        yield _when(attempt.at), str(attempt), note
    for session in party.sessions.all():
        yield _when(session.starts_at), session.get_kind_display(), session.get_state_display()
    for notice in party.notices_given.all():
        yield _when(notice.at), notice.wording.get_kind_display(), str(notice.wording)
    for consent in party.consents.all():
        yield _when(consent.at), consent.wording.get_kind_display(), consent.get_answer_display()
    for met in party.pre_circles.all():
        yield str(met.met_on), _("Meeting before a circle"), ""
    for given in party.follow_up_answers.all():
        yield _when(given.at), _("Answer to a follow-up"), given.get_holding_display()
    for share in AgreementShare.objects.filter(agreement__case_id=party.case_id, consented=party):
        yield _when(share.at), _("Agreement shared with"), f"{share.recipient}: {share.purpose}"
    for agency in party.agencies_consented.all():
        yield _when(agency.at), _("Agency joined, to which they consented"), f"{agency}: {agency.purpose}"
    for term in party.terms.all():
        yield str(term.agreement.agreed_on), term.agreement.get_kind_display(), term.what


def _when(moment):
    return date_format(timezone.localtime(moment), "Y-m-d H:i")


def erase(keys, *, by):
    """Empty the person out of closed cases: that there was a party of that role stays, for the figures."""
    parties = list(Party.objects.filter(handle__in=keys).select_related("case"))
    if any(not party.case.is_closed for party in parties):
        raise StillNeeded(_("The case is open."))
    contacts = Contact.objects.filter(party__in=parties)
    attempts = ContactAttempt.objects.filter(party__in=parties)
    touched = {
        Contact: list(contacts.values_list("pk", flat=True)),
        Party: [party.pk for party in parties],
        ContactAttempt: list(attempts.values_list("pk", flat=True)),
        Term: list(Term.objects.filter(who__in=parties).values_list("pk", flat=True)),
        Session: list(Session.objects.filter(parties__in=parties).distinct().values_list("pk", flat=True)),
    }
    for contact in contacts:
        contact.consents.all().delete()
    ways = dict.fromkeys(("may_call", "may_voicemail", "may_sms", "may_email", "may_chat", "may_letter"), False)
    contacts.update(**emptied(Contact), **ways)
    Party.objects.filter(pk__in=touched[Party]).update(**emptied(Party))
    for gone in (Screening, PreCircle, CircleSeat, Communication, FollowUpLink):
        gone.objects.filter(party__in=parties).delete()
    JoinedAgency.consented.through.objects.filter(party__in=parties).delete()
    for model in (Consent, ConflictDeclaration):
        model.objects.filter(party__in=parties).update(**emptied(model))
    # Where somebody was met, and why it came to nothing, tells of everybody who was asked to come.
    for model in (Term, Session):
        model.objects.filter(pk__in=touched[model]).update(**emptied(model))
    attempts.update(**emptied(ContactAttempt))
    for party in parties:
        owed.words_about_somebody(party, left([party.handle]))
    return touched


def left(keys):
    """The kinds of text in the cases of these parties that no erasure empties, because they may speak of others too."""
    parties = Party.objects.filter(handle__in=keys).order_by()
    cases = set(parties.values_list("case", flat=True))
    return [
        model._meta.verbose_name
        for model, (case, owner) in TEXTS.items()
        if _written(model, parties, owner).filter(**{f"{case}__in": cases}).exists()
    ]


def _written(model, parties, owner):
    """Rows of a model in which something was written, without those that belong to these parties."""
    words = Q()
    for name in declarations[model].personal:
        if isinstance(model._meta.get_field(name), CharField | TextField):
            words |= ~Q(**{name: ""})
    rows = model.objects.filter(words)
    return rows.exclude(**{f"{owner}__in": parties}) if owner else rows


def correct(keys, *, request):
    """Owe the correction to who works on the case."""
    for party in Party.objects.filter(handle__in=keys).select_related("case__area", "case__assigned_to"):
        owed.correction(party, request)

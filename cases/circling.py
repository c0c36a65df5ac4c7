"""What the page of a restorative circle shows, and who takes part in it."""

from django.db.models import F

from cases.models import CirclePlan, Party, Session


def takes_part(party):
    """Whether somebody is met before a circle, because they sit in it."""
    return party.sits_in_circle and party.case.is_restorative


def participants(case):
    """Everybody who sits in the circle: both sides, who stands by them, and the community."""
    return list(case.parties.present().exclude(role__in=Party.ASIDE).select_related("contact", "beside__contact"))


def met_after(case):
    """The keys of those who came to a meeting after the circle."""
    came = Session.parties.through.objects.filter(
        session__case=case, session__kind=Session.Kind.POST_CIRCLE, session__state__in=Session.MET
    ).exclude(session__absent=F("party"))
    return set(came.values_list("party", flat=True))


def page(case, evidence):
    """The decision, the plan, and everybody in the order in which they speak; who has no place yet comes last."""
    plan = CirclePlan.objects.filter(case=case).prefetch_related("seats").first()
    places = {seat.party_id: seat.place for seat in plan.seats.all()} if plan else {}
    after, everybody = met_after(case), participants(case)
    rows = [
        {
            "party": party,
            "place": places.get(party.pk),
            "before": evidence.pre_circles.get(party.pk),
            "after": party.pk in after,
        }
        for party in sorted(everybody, key=lambda party: places.get(party.pk, len(everybody) + 1_000))
    ]
    return {"plan": plan, "rows": rows, "decided": evidence.eligibility}

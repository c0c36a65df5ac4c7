"""The doors into cases: who sees which, and the sets of them that people work with."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.membership import IsOneOf
from core.search import search_query

FACILITATED_BY = "SELECT case_id FROM cases_facilitator WHERE user_id = %s AND ended_at IS NULL"
GLASS_BROKEN_BY = "SELECT case_id FROM cases_breakglass WHERE user_id = %s AND until > %s"


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The only door into cases: every page, search, export and message starts here.

        Team: who opened it, the assigned officer, facilitators, supervisors serving the area. Unit: also officers
        serving it. Sealed: the assigned officer and facilitators; a supervisor only while a break-glass stands.
        """
        if not user.holds("officer", "supervisor", "mediator"):
            return self.none()
        open_to_the_team = Q(access__in=[self.model.Access.TEAM, self.model.Access.UNIT])
        seen = Q(IsOneOf("pk", FACILITATED_BY, user.pk))
        if user.holds("officer", "supervisor"):
            seen |= Q(assigned_to=user) | Q(opened_by=user) & open_to_the_team
        if user.is_supervisor:
            broken = Q(IsOneOf("pk", GLASS_BROKEN_BY, user.pk, timezone.now()))
            seen |= Q(IsOneOf("area", user.area_ids)) & (open_to_the_team | broken)
        elif user.holds("officer"):
            seen |= Q(IsOneOf("area", user.area_ids), access=self.model.Access.UNIT)
        return self.filter(seen)

    def behind_glass_for(self, user):
        """Sealed cases that a supervisor may open by giving a reason: the page that asks for it, not the case."""
        if not user.is_supervisor:
            return self.none()
        return self.filter(access=self.model.Access.SEALED, area__in=user.area_ids)

    def open(self):
        return self.exclude(state=self.model.State.CLOSED)

    def in_our_hands(self):
        """Open, and we are the ones who must act: neither on hold nor with somebody else."""
        return self.open().exclude(state__in=[self.model.State.ON_HOLD, self.model.State.REFERRED_OUT])

    def silent_since(self, moment):
        """Cases in our hands where nobody was reached since a moment; receipt and reopening count as well."""
        return self.in_our_hands().filter(quiet_since__lt=moment)

    def locked(self):
        """The rows, held until the transaction ends, so that what is decided on them still holds when it is written."""
        return self.select_for_update(of=("self",))

    def matching(self, text):
        """Those of these whose safe fields match every word."""
        query = search_query(text)
        return self.none() if query is None else self.filter(vector=query)

"""The doors into events: who sees which, and the sets of them that people work with."""

from django.db import models
from django.utils import timezone

from accounts.models import Role
from core.search import search_query

# Everybody of the unit plans around what the others plan; analysts and mediators have figures and cases.
READERS = (Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR)


class EventQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Events are the unit's calendar. Who comes to one is guarded by the rows of those who come."""
        return self if user.holds(*READERS) else self.none()

    def shown(self):
        """What residents may read: public events, from the day they were published on, canceled ones too."""
        return self.filter(access=self.model.Access.PUBLIC).exclude(published_at=None)

    def ahead(self, now=None):
        """What has not ended yet; a postponed one has no date that counts."""
        return self.filter(ends_at__gt=now or timezone.now())

    def live(self):
        """What is still meant to take place."""
        return self.filter(state__in=self.model.AHEAD)

    def locked(self):
        """Held until the transaction ends: whoever gives or frees a place holds its event first."""
        return self.select_for_update(of=("self",))

    def search(self, user, text):
        """Events whose reference or title match every word."""
        query = search_query(text)
        return self.none() if query is None else self.visible_to(user).filter(vector=query)

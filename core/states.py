"""State: a literal table of moves, literal verbs, and one function that locks, checks, writes and records."""

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core import audit


class MoveNotAllowed(Exception):
    """The act is known and permitted, but not from this state. The site answers 409."""


def pair(name, at, by, **more):
    """When and by whom something was done: known together, or neither is.

    `more` are fields that are filled in at the same time, each with its value before that.
    """
    done = Q(**{f"{at}__isnull": False, f"{by}__isnull": False})
    for field in more:
        done &= ~Q(**{field: more[field]})
    return models.CheckConstraint(name=name, condition=Q(**{at: None, by: None, **more}) | done)


class Stateful(models.Model):
    """A row with a `state` that only its own verbs change.

    A subclass names `State` (TextChoices), `MOVES` ({target: {sources}}) and the field `state`, which is not editable.
    """

    class Meta:
        abstract = True

    @transaction.atomic
    def _move(self, to, *, by, **fields):
        """Move and record in one transaction. Of two racing callers, one wins and one raises."""
        row = type(self)._base_manager.filter(pk=self.pk)
        was = row.select_for_update(of=("self",)).values_list("state", flat=True).get()
        if was not in self.MOVES[to]:
            raise MoveNotAllowed(self.why_not(self.State(was), self.State(to)))
        row.update(state=to, **fields)
        for name, value in {"state": to, **fields}.items():
            setattr(self, name, value)
        audit.record(by, f"{self._meta.model_name}.{to}", self, was=was)

    def why_not(self, was, to):
        """One sentence that tells a person why the act cannot happen now."""
        return _("%(thing)s is “%(was)s”, so it cannot become “%(to)s”.") % {
            "thing": self,
            "was": was.label,
            "to": to.label,
        }

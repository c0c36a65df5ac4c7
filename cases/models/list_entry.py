import pgtrigger
from django.db import models
from django.db.models import F
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from cases import controlled
from core.history import tracked
from core.lists import Listed, ListedQuerySet
from core.states import pair


class ListEntryQuerySet(ListedQuerySet):
    def in_order(self):
        return self.order_by("kind", F("retired_at").asc(nulls_first=True), "position", "id")


@tracked()
class ListEntry(Listed):
    """One entry of a list from which every case takes its word. Cases hold its code."""

    class Kind(models.TextChoices):
        """Each named like the field of a case that holds its codes."""

        SOURCE = "source", _("Sources of referral")
        DISPUTE = "dispute", _("Types of dispute")

    kind = models.CharField(_("list"), max_length=8, choices=Kind, editable=False)

    objects = ListEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a list")
        verbose_name_plural = _("entries of lists")
        ordering = ["kind", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="cases_list_entry_one_of_a_code"),
            models.UniqueConstraint("kind", Lower("label_en"), name="cases_list_entry_one_of_a_name_en"),
            models.UniqueConstraint("kind", Lower("label_es"), name="cases_list_entry_one_of_a_name_es"),
            pair("cases_list_entry_retired_pair", "retired_at", "retired_by"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="code_never_changes", fields=["kind", "code"]),
        ]

    @property
    def name(self):
        return f"{self.kind}.{self.code}"

    @property
    def list_name(self):
        return self.kind

    def list(self):
        return type(self).objects.filter(kind=self.kind)

    def changed(self):
        controlled.forget()

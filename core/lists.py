"""Lists from which records take their words, kept by coordinators in both languages."""

from contextlib import contextmanager

import pgtrigger
from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from core import audit
from core.bilingual import in_their_language
from core.states import MoveNotAllowed
from core.versions import Versioned

CODE_LENGTH = 30


class ListedQuerySet(models.QuerySet):
    def in_order(self):
        """As a list shows them: what is offered, then what is retired."""
        return self.order_by(F("retired_at").asc(nulls_first=True), "position", "id")

    def offered(self):
        return self.filter(retired_at=None)


class Listed(Versioned):
    """One entry of a list, with what it means, so that figures by it can be trusted.

    Records hold its code or point to it, so the code never changes and no entry is deleted: a subclass takes `TRIGGERS`
    into its Meta, and the database refuses both. An entry that is no longer wanted is retired, and records that have it
    keep it.
    """

    TRIGGERS = (
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(name="code_never_changes", fields=["code"]),
    )

    code = models.CharField(_("code"), max_length=CODE_LENGTH, editable=False)
    label_en = models.CharField(_("words in English"), max_length=80)
    label_es = models.CharField(_("words in Spanish"), max_length=80)
    definition_en = models.CharField(_("what it means, in English"), max_length=300)
    definition_es = models.CharField(_("what it means, in Spanish"), max_length=300)
    position = models.PositiveSmallIntegerField(
        _("position"), help_text=_("Entries stand in the order of these numbers.")
    )
    retired_at = models.DateTimeField(null=True, editable=False)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        abstract = True

    def __str__(self):
        return in_their_language(self.label_en, self.label_es)

    @property
    def name(self):
        """How the audit names it."""
        return self.code

    @property
    def reference(self):
        return self.name

    @property
    def definition(self):
        return in_their_language(self.definition_en, self.definition_es)

    @property
    def list_name(self):
        """The code of an entry whose words hold no letter that a code can take."""
        return self._meta.model_name

    def list(self):
        """Every entry of its list, retired ones too."""
        return type(self).objects.all()

    def twins(self):
        """The other entries of its list."""
        return self.list().exclude(pk=self.pk)

    def changed(self):
        """The list has another word: whoever remembers it reads it again."""

    @transaction.atomic
    def add(self, *, by):
        """Offer a new entry, under a code made from its English words."""
        self.code = self._free_code()
        with self._alone_in_its_words():
            self.save()
        self._tell("add", by)

    def _free_code(self):
        taken = set(self.twins().values_list("code", flat=True))
        code = slugify(self.label_en).replace("-", "_")[: CODE_LENGTH - 4] or self.list_name
        return next(free for n in range(1, 1_000) if (free := code if n == 1 else f"{code}_{n}") not in taken)

    @transaction.atomic
    def edit(self, form, *, by):
        """Write the words that a form brings; of two who edit at once the second is shown both texts."""
        with self._alone_in_its_words():
            form.save_version()
        self._tell("edit", by, fields=sorted(set(form.changed_data) - {"version"}))

    @contextmanager
    def _alone_in_its_words(self):
        """Somebody may have added the same words in the moment since the form was looked at."""
        try:
            with transaction.atomic():
                yield
        except IntegrityError as error:
            raise MoveNotAllowed(_("Somebody just added an entry with these words. Look at the list again.")) from error

    @transaction.atomic
    def retire(self, *, by):
        """It is no longer offered. A list never loses the last entry that is."""
        offered = self._locked_list()
        if self.pk not in offered:
            raise MoveNotAllowed(_("%(entry)s is retired already.") % {"entry": self})
        if len(offered) == 1:
            raise MoveNotAllowed(_("%(entry)s is the last entry that this list offers.") % {"entry": self})
        self._write("retire", by, retired_at=timezone.now(), retired_by=by)

    @transaction.atomic
    def restore(self, *, by):
        """It is offered again."""
        if self.pk in self._locked_list():
            raise MoveNotAllowed(_("%(entry)s is not retired.") % {"entry": self})
        self._write("restore", by, retired_at=None, retired_by=None)

    def _locked_list(self):
        """The keys of what the list offers; nobody else retires one of its entries until this transaction ends."""
        rows = self.list().order_by("pk").select_for_update(of=("self",))
        return {pk for pk, retired_at in rows.values_list("pk", "retired_at") if retired_at is None}

    def _write(self, act, by, **fields):
        type(self).objects.filter(pk=self.pk).update(**fields)
        self.refresh_from_db(fields=[*fields])
        self._tell(act, by)

    def _tell(self, act, by, **facts):
        self.changed()
        audit.record(by, f"{self._meta.model_name}.{act}", self, kind=audit.Kind.ADMINISTRATION, **facts)

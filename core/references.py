"""Public references: a letter, the year and five random Crockford characters, such as M-26-7K4QF."""

import secrets
import uuid
from functools import partial

from django.contrib.postgres.functions import RandomUUID
from django.db import IntegrityError, models, transaction
from django.utils import timezone

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PATTERN = r"[A-Z]-\d\d-[0-9A-HJKMNP-TV-Z]{5}"
# What people read for a letter that is in no code.
FORGIVEN = str.maketrans("ILO", "110")


def new_reference(letter):
    """A fresh reference: 32**5 (33.5 million) a letter and year, never a serial number."""
    body = "".join(secrets.choice(CROCKFORD) for _ in range(5))
    return f"{letter}-{timezone.localdate():%y}-{body}"


def save_under_a_free_one(row, letter, save):
    """Save a new row under the reference it has or a fresh one, drawing again in the rare case that it is taken."""
    for attempt in range(5):
        row.reference = (not attempt and row.reference) or new_reference(letter)
        try:
            with transaction.atomic():
                return save()
        except IntegrityError as error:
            if attempt == 4 or "reference" not in str(error):
                row.reference = ""
                raise
    return None


def tidy(text):
    """What a person typed, as the reference they meant: case, spaces and the letters I, L, O forgiven."""
    letter, _, rest = text.strip().upper().replace(" ", "").partition("-")
    return f"{letter}-{rest.translate(FORGIVEN)}" if rest else letter


def bare(text):
    """A code as somebody typed it: case, spaces, dashes and the letters I, L, O are forgiven."""
    return "".join(filter(str.isalnum, text)).upper().translate(FORGIVEN)


def handle_field():
    """How a part of a record is named in addresses: random, so that nobody finds the next one by counting."""
    return models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)


class Referenced(models.Model):
    """A row that people name by its reference; it is what URLs carry."""

    LETTER = ""

    reference = models.CharField(max_length=12, unique=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self):
        return self.reference

    def save(self, *args, **kwargs):
        """Give a new row its reference."""
        if self.reference:
            return super().save(*args, **kwargs)
        return save_under_a_free_one(self, self.LETTER, partial(super().save, *args, **kwargs))

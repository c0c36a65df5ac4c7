"""Public references: a letter, the year and five random Crockford characters, such as M-26-7K4QF."""

import secrets
import uuid

from django.contrib.postgres.functions import RandomUUID
from django.db import IntegrityError, models, transaction
from django.utils import timezone

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PATTERN = r"[A-Z]-\d\d-[0-9A-HJKMNP-TV-Z]{5}"


def new_reference(letter):
    """A fresh reference: 32**5 (33.5 million) a letter and year, never a serial number."""
    body = "".join(secrets.choice(CROCKFORD) for _ in range(5))
    return f"{letter}-{timezone.localdate():%y}-{body}"


def tidy(text):
    """What a person typed, as the reference they meant: case, spaces and the letters I, L, O forgiven."""
    letter, _, rest = text.strip().upper().replace(" ", "").partition("-")
    return f"{letter}-{rest.translate(str.maketrans('ILO', '110'))}" if rest else letter


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
        """Give a new row its reference, drawing again in the rare case that the first one is taken."""
        if self.reference:
            return super().save(*args, **kwargs)
        for attempt in range(5):
            self.reference = new_reference(self.LETTER)
            try:
                with transaction.atomic():
                    return super().save(*args, **kwargs)
            except IntegrityError as error:
                if attempt == 4 or "reference" not in str(error):
                    self.reference = ""
                    raise
        return None

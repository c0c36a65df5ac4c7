from django.db import models
from django.db.models import Q

from core.keyed import digest, secret
from core.references import bare, handle_field


class SecretLinkQuerySet(models.QuerySet):
    def named(self, told):
        """The link that this code or token is of, whether or not it opens something today."""
        kept = self.model.digest_of(told)
        return self.filter(Q(code_digest=kept) | Q(token_digest=kept))


class SecretLink(models.Model):
    """What opens one page to whoever holds it, without an account: a link to click, or a code to type.

    Both follow from the row and a key outside the database, so no copy of the database opens anything.
    """

    PURPOSE = ""
    # Of 5 bits each: 80 for what people type, 130 for what they click.
    CODE, TOKEN = 16, 26

    handle = handle_field()
    code_digest = models.CharField(max_length=64, unique=True, editable=False)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self):
        return str(self.handle)

    @property
    def drawn_from(self):
        """What tells its secrets from those of every other link."""
        return str(self.handle)

    @property
    def code(self):
        """As it is printed and read out: four groups of four."""
        drawn = secret(f"{self.PURPOSE} code {self.drawn_from}", self.CODE)
        return "-".join(drawn[at : at + 4] for at in range(0, self.CODE, 4))

    @property
    def token(self):
        return secret(f"{self.PURPOSE} link {self.drawn_from}", self.TOKEN)

    @classmethod
    def digest_of(cls, told):
        """Of a code as somebody typed it."""
        return digest(cls.PURPOSE, bare(told))

    def _keep_digests(self):
        self.code_digest, self.token_digest = self.digest_of(self.code), self.digest_of(self.token)

    def issue_first(self):
        self._keep_digests()
        self.save()

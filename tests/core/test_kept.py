"""Words that are said once are said in the language of whoever asks."""

from django.utils import translation
from django.utils.translation import gettext

from core.kept import kept_in_each_language


def test_what_is_kept_in_one_language_is_not_said_in_another():
    said = []

    @kept_in_each_language()
    def cancel(name):
        said.append(name)
        return gettext("Cancel") + name

    for _again in range(2):
        with translation.override("en"):
            english = cancel("1")
        with translation.override("es"):
            spanish = cancel("1")
    assert (english, spanish) == ("Cancel1", "Cancelar1")
    assert said == ["1", "1"]

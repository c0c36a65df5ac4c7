"""What every page may know about the installation and the visitor's display."""

from django.conf import settings
from django.utils.translation import get_language_info

THEMES = ("light", "dark", "auto")
# What stands in the address of a page that opens to whoever holds it.
SECRETS = {"code", "token", "key", "uidb36"}


def chosen_theme(request):
    """The theme of the visitor's cookie; light where there is none or nonsense."""
    theme = request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
    return theme if theme in THEMES else "light"


def languages():
    """Each language with its own name for itself."""
    infos = [get_language_info(code) for code, _ in settings.LANGUAGES]
    return [{"code": info["code"], "name": info["name_local"].capitalize()} for info in infos]


def is_secret(request):
    """Whether the address of this page is for whoever holds it, and so may stand in no other address."""
    match = getattr(request, "resolver_match", None)
    return match is not None and not SECRETS.isdisjoint(match.kwargs)


def site(request):
    """The agency's texts, the banners that settings call for, the theme, and which shell an error page stands in."""
    user = getattr(request, "user", None)
    return {
        "agency": settings.AGENCY,
        "demo": settings.DEMO,
        "second_factor_off": not settings.MFA_REQUIRED,
        "theme": chosen_theme(request),
        "languages": languages(),
        "address_is_secret": is_secret(request),
        "saves_data": request.headers.get("Save-Data", "").lower() == "on",
        "shell": "base_staff.html" if user is not None and user.is_authenticated else "base_public.html",
    }

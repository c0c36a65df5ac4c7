"""Every address of the site, by app."""

from django.urls import include, path

handler400 = "portal.errors.bad_request"
handler500 = "portal.errors.server_error"

urlpatterns = [
    path("", include("core.urls")),
    path("", include("core.urls_records")),
    path("", include("portal.urls")),
    path("", include("notices.urls")),
    path("desk/", include("desk.urls")),
    path("areas/", include("areas.urls")),
    path("cases/", include("cases.urls")),
    path("", include("cases.public_urls")),
    path("events/", include("events.public_urls")),
    path("place/", include("events.place_urls")),
    path("planning/", include("events.urls")),
    path("organizations/", include("partners.urls")),
    path("", include("accounts.urls")),
    path("accounts/", include("accounts.closed_urls")),
    path("accounts/", include("allauth.urls")),
]

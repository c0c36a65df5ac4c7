"""What residents read about events, without an account."""

from django.urls import path

from events.views import public

app_name = "public_events"
urlpatterns = [
    path("", public.event_calendar, name="event_calendar"),
    path("<str:reference>/", public.event_page, name="event_page"),
]

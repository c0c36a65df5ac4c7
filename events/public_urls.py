"""What residents read about events, without an account."""

from django.urls import path

from events.views import place, public, public_calendar, public_files

app_name = "public_events"
urlpatterns = [
    path("", public.event_calendar, name="event_calendar"),
    path("month/", public_calendar.event_month, name="event_month"),
    path("map/", public_calendar.event_map, name="event_map"),
    path("feed.ics", public_files.event_feed, name="event_feed"),
    path("feed.rss", public_files.news_rss, name="news_rss"),
    path("feed.atom", public_files.news_atom, name="news_atom"),
    path("<str:reference>.ics", public_files.event_file, name="event_file"),
    path("<str:reference>/", public.event_page, name="event_page"),
    path("<str:reference>/flyer.<str:language>.pdf", public_files.event_flyer, name="event_flyer"),
    path("<str:reference>/card.<str:language>.png", public_files.event_card, name="event_card"),
    path("<str:reference>/register/", place.event_register, name="event_register"),
]

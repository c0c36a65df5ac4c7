"""Where residents look after their place at an event, by a secret link. No address names the event or them."""

from django.urls import path

from events.views import place

app_name = "place"
urlpatterns = [
    path("", place.place_find, name="place_find"),
    path("<str:token>/", place.place_detail, name="place_detail"),
    path("<str:token>/change/", place.place_change, name="place_change"),
    path("<str:token>/cancel/", place.place_cancel, name="place_cancel"),
    path("<str:token>/accept/", place.place_accept, name="place_accept"),
    path("<str:token>/wait/", place.place_wait, name="place_wait"),
]

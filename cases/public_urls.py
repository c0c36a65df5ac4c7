"""Where people come by a secret link, without signing in. No address names a case or what it is about."""

from django.urls import path

from cases.views import agency, calendar, follow_up

app_name = "links"
urlpatterns = [
    path("answer/", follow_up.code_enter, name="code"),
    path("answer/<str:code>/", follow_up.follow_up_answer, name="follow_up"),
    path("joined/<str:code>/", agency.agency_read, name="agency"),
    path("calendar/<str:token>.ics", calendar.calendar_feed, name="calendar"),
]

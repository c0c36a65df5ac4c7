"""Where people without an account answer. The address names neither a case nor what it is about."""

from django.urls import path

from cases.views import follow_up

app_name = "answers"
urlpatterns = [
    path("", follow_up.code_enter, name="code"),
    path("<str:code>/", follow_up.follow_up_answer, name="follow_up"),
]

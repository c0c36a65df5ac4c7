from django.urls import path

from accounts import duty_views, my_views, public_views, views

app_name = "accounts"
urlpatterns = [
    path("staff/", views.staff_list, name="staff_list"),
    path("staff/invite/", views.invitation_create, name="invitation_create"),
    path("staff/invitations/<str:reference>/renew/", views.invitation_renew, name="invitation_renew"),
    path("staff/invitations/<str:reference>/withdraw/", views.invitation_withdraw, name="invitation_withdraw"),
    path("staff/<str:reference>/", views.user_detail, name="user_detail"),
    path("staff/<str:reference>/access/", views.user_access, name="user_access"),
    path("staff/<str:reference>/enable/", views.user_enable, name="user_enable"),
    path("staff/<str:reference>/end-sessions/", views.user_end_sessions, name="user_end_sessions"),
    path("staff/<str:reference>/release/", views.user_release, name="user_release"),
    path("staff/<str:reference>/second-factor/", views.user_reset_factor, name="user_reset_factor"),
    path("duty/", duty_views.duty_roster, name="duty_roster"),
    path("my/settings/", my_views.my_settings, name="my_settings"),
    path("my/settings/display/", my_views.my_display, name="my_display"),
    path("my/settings/contact/", my_views.my_contact, name="my_contact"),
    path("my/settings/calendar/", my_views.my_calendar, name="my_calendar"),
    path("my/unsent/", my_views.unsent, name="unsent"),
    path("my/unsent/<int:pk>/drop/", my_views.unsent_drop, name="unsent_drop"),
    path("invitation/<str:token>/", public_views.invitation_accept, name="invitation_accept"),
]

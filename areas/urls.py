from django.urls import path

from areas import public_views, views

app_name = "areas"
urlpatterns = [
    path("at/", public_views.at, name="at"),
    path("venues/", views.venue_list, name="venue_list"),
    path("venues/new/", views.venue_create, name="venue_create"),
    path("venues/<str:reference>/", views.venue_detail, name="venue_detail"),
    path("venues/<str:reference>/edit/", views.venue_edit, name="venue_edit"),
    path("", views.area_list, name="area_list"),
    path("<str:reference>/", views.area_detail, name="area_detail"),
    path("<str:reference>/edit/", views.area_edit, name="area_edit"),
]

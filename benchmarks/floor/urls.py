from django.urls import path

from benchmarks.floor import views

urlpatterns = [
    path("healthz", views.alive),
    path("floor/one/", views.one),
    path("floor/list/", views.case_list),
    path("floor/search/", views.search),
    path("floor/log/", views.log_case),
    path("floor/event/<str:reference>/", views.event_page),
    path("floor/register/<str:reference>/", views.register),
    path("floor/full/<str:reference>/", views.case_full),
    path("floor/detail/<str:reference>/", views.case_detail),
]

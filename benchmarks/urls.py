from django.urls import include, path

from benchmarks import floor

handler500 = "portal.errors.server_error"
urlpatterns = [
    path("floor/list/", floor.case_list),
    path("floor/search/", floor.search),
    path("floor/<str:reference>/", floor.case_detail),
    path("", include("liaison.urls")),
]

from django.urls import path

from desk import leaving_views, views

app_name = "desk"
urlpatterns = [
    path("", views.my_day, name="my_day"),
    path("supervisor/", views.supervisor, name="supervisor"),
    path("outcomes/", views.outcomes, name="outcomes"),
    path("search/", views.search, name="search"),
    path("new/", views.new, name="new"),
    path("new/contact/", views.choose_case, name="choose_case"),
    path("menu/", views.menu, name="menu"),
    path("keys/", views.keys, name="keys"),
    path("drafts/", views.drafts, name="drafts"),
    path("leaving/<str:reference>/", leaving_views.leaving, name="leaving"),
    path("leaving/<str:reference>/cases/", leaving_views.hand_over, name="hand_over"),
    path("leaving/<str:reference>/done/", leaving_views.ask_to_disable, name="ask_to_disable"),
]

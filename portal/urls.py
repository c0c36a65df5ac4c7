from django.urls import path

from portal import public_views, views

app_name = "portal"
urlpatterns = [
    path("", public_views.home, name="home"),
    path("about/<slug:slug>/", public_views.page, name="page"),
    path("contact/", public_views.contact, name="contact"),
    path("display/", public_views.display, name="display"),
    path("display/theme/", public_views.theme, name="theme"),
    path("language/<str:code>/", public_views.language, name="language"),
    path("robots.txt", public_views.robots, name="robots"),
    path(".well-known/security.txt", public_views.security, name="security"),
    path("texts/", views.text_list, name="text_list"),
    path("texts/<slug:slug>/<str:language>/", views.text_edit, name="text_edit"),
    path("texts/<slug:slug>/<str:language>/<int:version>/", views.text_preview, name="text_preview"),
    path("texts/<slug:slug>/<str:language>/<int:version>/publish/", views.text_publish, name="text_publish"),
]

from django.urls import path

from partners import views

app_name = "partners"
urlpatterns = [
    path("", views.organization_list, name="organization_list"),
    path("new/", views.organization_create, name="organization_create"),
    path("<str:reference>/", views.organization_detail, name="organization_detail"),
    path("<str:reference>/edit/", views.organization_edit, name="organization_edit"),
    path("<str:reference>/contacts/new/", views.contact_add, name="contact_add"),
    path("<str:reference>/contacts/<uuid:handle>/", views.contact_edit, name="contact_edit"),
    path("<str:reference>/contacts/<uuid:handle>/remove/", views.contact_remove, name="contact_remove"),
]

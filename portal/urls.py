from django.urls import path

from portal import post_views, public_views, update_views, views

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
    path("updates/", public_views.updates, name="updates"),
    path("updates/feed.rss", public_views.update_rss, name="update_rss"),
    path("updates/feed.atom", public_views.update_atom, name="update_atom"),
    path("updates/<str:reference>/", public_views.update, name="update"),
    path("texts/", views.text_list, name="text_list"),
    path("texts/<slug:slug>/<str:language>/", views.text_edit, name="text_edit"),
    path("texts/<slug:slug>/<str:language>/<int:version>/", views.text_preview, name="text_preview"),
    path("texts/<slug:slug>/<str:language>/<int:version>/publish/", views.text_publish, name="text_publish"),
    path("publishing/updates/", update_views.update_list, name="update_list"),
    path("publishing/updates/new/", update_views.update_create, name="update_create"),
    path("publishing/updates/<str:reference>/", update_views.update_detail, name="update_detail"),
    path("publishing/updates/<str:reference>/edit/", update_views.update_edit, name="update_edit"),
    path("publishing/updates/<str:reference>/send/", update_views.update_send, name="update_send"),
    path("publishing/updates/<str:reference>/approve/", update_views.update_approve, name="update_approve"),
    path("publishing/updates/<str:reference>/send-back/", update_views.update_send_back, name="update_send_back"),
    path("publishing/updates/<str:reference>/change/", update_views.update_change, name="update_change"),
    path("publishing/updates/<str:reference>/withdraw/", update_views.update_withdraw, name="update_withdraw"),
    path("publishing/updates/<str:reference>/renew/", update_views.update_renew, name="update_renew"),
    path("publishing/posts/", post_views.post_list, name="post_list"),
    path("publishing/posts/new/", post_views.post_create, name="post_create"),
    path("publishing/posts/<str:reference>/", post_views.post_detail, name="post_detail"),
    path("publishing/posts/<str:reference>/edit/", post_views.post_edit, name="post_edit"),
    path("publishing/posts/<str:reference>/send/", post_views.post_send, name="post_send"),
    path("publishing/posts/<str:reference>/approve/", post_views.post_approve, name="post_approve"),
    path("publishing/posts/<str:reference>/send-back/", post_views.post_send_back, name="post_send_back"),
    path("publishing/posts/<str:reference>/schedule/", post_views.post_schedule, name="post_schedule"),
    path("publishing/posts/<str:reference>/now/", post_views.post_now, name="post_now"),
    path("publishing/posts/<str:reference>/by-hand/", post_views.post_by_hand, name="post_by_hand"),
    path("publishing/posts/<str:reference>/withdraw/", post_views.post_withdraw, name="post_withdraw"),
    path("publishing/posts/<str:reference>/correct/", post_views.post_correct, name="post_correct"),
    path(
        "publishing/posts/<str:reference>/postings/<uuid:handle>/retry/", post_views.posting_retry, name="posting_retry"
    ),
    path(
        "publishing/posts/<str:reference>/postings/<uuid:handle>/confirm/",
        post_views.posting_confirm,
        name="posting_confirm",
    ),
]

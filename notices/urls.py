from django.urls import path

from notices import operation_views, public_views, views

app_name = "notices"
urlpatterns = [
    path("reminders/", views.task_list, name="task_list"),
    path("reminders/<uuid:handle>/", views.task_detail, name="task_detail"),
    path("reminders/<uuid:handle>/done/", views.task_done, name="task_done"),
    path("reminders/<uuid:handle>/snooze/", views.task_snooze, name="task_snooze"),
    path("reminders/<uuid:handle>/undo/", views.task_undo, name="task_undo"),
    path("contacts/<str:token>/stop/", views.contact_stop, name="contact_stop"),
    path("operation/", operation_views.operation, name="operation"),
    path("operation/<uuid:handle>/retry/", operation_views.notice_retry, name="notice_retry"),
    path("operation/<uuid:handle>/give-up/", operation_views.notice_give_up, name="notice_give_up"),
    path("inbound/<slug:provider>/", public_views.inbound, name="inbound"),
    path("stop/<str:token>/", public_views.unsubscribe, name="unsubscribe"),
]

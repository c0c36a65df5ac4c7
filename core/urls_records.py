"""Addresses of the kernel's staff pages; those of health, which have no namespace, are in urls.py."""

from django.urls import path

from core import record_views, request_views, work_views

app_name = "core"
urlpatterns = [
    path("records/audit/", record_views.audit_list, name="audit_list"),
    path("records/audit/export/", record_views.audit_export, name="audit_export"),
    path("records/history/<str:label>/<str:reference>/", record_views.history_detail, name="history_detail"),
    path("records/retention/", record_views.retention_list, name="retention_list"),
    path("records/holds/new/", record_views.hold_create, name="hold_create"),
    path("records/holds/<str:label>/<str:reference>/lift/", record_views.hold_lift, name="hold_lift"),
    path("records/requests/", request_views.request_list, name="request_list"),
    path("records/requests/new/", request_views.request_create, name="request_create"),
    path("records/requests/<str:reference>/", request_views.request_detail, name="request_detail"),
    path("records/requests/<str:reference>/match/", request_views.request_match, name="request_match"),
    path("records/requests/<str:reference>/choose/", request_views.request_choose, name="request_choose"),
    path("records/requests/<str:reference>/approve/", request_views.request_approve, name="request_approve"),
    path("records/requests/<str:reference>/refuse/", request_views.request_refuse, name="request_refuse"),
    path("records/requests/<str:reference>/begin/", request_views.request_begin, name="request_begin"),
    path("records/requests/<str:reference>/download/", request_views.request_download, name="request_download"),
    path("jobs/<uuid:key>/", work_views.job_detail, name="job_detail"),
    path("jobs/<uuid:key>/download/", work_views.job_download, name="job_download"),
    path("drafts/save/", work_views.draft_save, name="draft_save"),
    path("drafts/typed/", work_views.draft_detail, name="draft_detail"),
    path("drafts/discard/", work_views.draft_discard, name="draft_discard"),
]

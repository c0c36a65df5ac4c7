from django.urls import path

from cases.views import access, case, contact, listing, party, session

app_name = "cases"
urlpatterns = [
    path("", listing.case_list, name="case_list"),
    path("export/", listing.case_export, name="case_export"),
    path("views/save/", listing.view_save, name="view_save"),
    path("views/delete/", listing.view_delete, name="view_delete"),
    path("new/", case.case_create, name="case_create"),
    path("similar/", case.case_similar, name="case_similar"),
    path("sources/", case.case_sources, name="case_sources"),
    path("opened/", access.glass_list, name="glass_list"),
    path("<str:reference>/", case.case_detail, name="case_detail"),
    path("<str:reference>/timeline/", case.case_timeline, name="case_timeline"),
    path("<str:reference>/print/", case.case_print, name="case_print"),
    path("<str:reference>/edit/", case.case_edit, name="case_edit"),
    path("<str:reference>/assign/", case.case_assign, name="case_assign"),
    path("<str:reference>/hold/", case.case_hold, name="case_hold"),
    path("<str:reference>/resume/", case.case_resume, name="case_resume"),
    path("<str:reference>/refer-out/", case.case_refer_out, name="case_refer_out"),
    path("<str:reference>/close/", case.case_close, name="case_close"),
    path("<str:reference>/reopen/", case.case_reopen, name="case_reopen"),
    path("<str:reference>/access/", access.case_access, name="case_access"),
    path("<str:reference>/break-glass/", access.case_break_glass, name="case_break_glass"),
    path("<str:reference>/seal/lift/", access.seal_lift_ask, name="seal_lift_ask"),
    path("<str:reference>/seal/decide/", access.seal_lift_decide, name="seal_lift_decide"),
    path("<str:reference>/contacts/new/", contact.contact_create, name="contact_create"),
    path("<str:reference>/parties/new/", party.party_add, name="party_add"),
    path("<str:reference>/parties/<uuid:handle>/", party.party_edit, name="party_edit"),
    path("<str:reference>/parties/<uuid:handle>/remove/", party.party_remove, name="party_remove"),
    path("<str:reference>/facilitators/new/", party.facilitator_add, name="facilitator_add"),
    path("<str:reference>/facilitators/<uuid:handle>/end/", party.facilitator_end, name="facilitator_end"),
    path("<str:reference>/appointments/new/", session.session_book, name="session_book"),
    path("<str:reference>/appointments/<str:session>/move/", session.session_move, name="session_move"),
    path("<str:reference>/appointments/<str:session>/cancel/", session.session_cancel, name="session_cancel"),
    path("<str:reference>/appointments/<str:session>/record/", session.session_record, name="session_record"),
]

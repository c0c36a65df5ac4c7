from django.urls import path

from events.views import closing, event, imports, listing, part, types

app_name = "events"
urlpatterns = [
    path("", listing.event_list, name="event_list"),
    path("new/", listing.event_create, name="event_create"),
    path("month/", listing.plan_month, name="plan_month"),
    path("import/", imports.import_create, name="import_create"),
    path("import/<uuid:handle>/", imports.import_detail, name="import_detail"),
    path("import/<uuid:handle>/take/", imports.import_take, name="import_take"),
    path("types/", types.type_list, name="type_list"),
    path("types/new/", types.type_create, name="type_create"),
    path("types/<str:code>/", types.type_edit, name="type_edit"),
    path("types/<str:code>/checks/new/", types.type_check_add, name="type_check_add"),
    path("types/<str:code>/checks/<uuid:handle>/drop/", types.type_check_drop, name="type_check_drop"),
    path("types/<str:code>/retire/", types.type_retire, name="type_retire"),
    path("types/<str:code>/restore/", types.type_restore, name="type_restore"),
    path("<str:reference>/", event.event_detail, name="event_detail"),
    path("<str:reference>/edit/", event.event_edit, name="event_edit"),
    path("<str:reference>/plan/", event.event_plan, name="event_plan"),
    path("<str:reference>/publish/", event.event_publish, name="event_publish"),
    path("<str:reference>/move/", event.event_move, name="event_move"),
    path("<str:reference>/postpone/", event.event_postpone, name="event_postpone"),
    path("<str:reference>/cancel/", event.event_cancel, name="event_cancel"),
    path("<str:reference>/hold/", event.event_hold, name="event_hold"),
    path("<str:reference>/repeat/", event.event_repeat, name="event_repeat"),
    path("<str:reference>/tally/", closing.event_tally, name="event_tally"),
    path("<str:reference>/tally/undo/", closing.tally_undo, name="tally_undo"),
    path("<str:reference>/close-out/", closing.event_close_out, name="event_close_out"),
    path("<str:reference>/raised/new/", closing.raised_note, name="raised_note"),
    path("<str:reference>/promises/new/", closing.promise_make, name="promise_make"),
    path("<str:reference>/promises/<uuid:handle>/end/", closing.promise_end, name="promise_end"),
    path("<str:reference>/checks/new/", part.check_add, name="check_add"),
    path("<str:reference>/checks/<uuid:handle>/drop/", part.check_drop, name="check_drop"),
    path("<str:reference>/partners/new/", part.part_add, name="part_add"),
    path("<str:reference>/partners/<uuid:handle>/drop/", part.part_drop, name="part_drop"),
]

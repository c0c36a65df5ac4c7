"""The addresses of programs, below those of events."""

from django.urls import path

from events.views import attendance, enrollment, mentor, program

PERSON, MENTOR, PAIRING = (
    f"<str:reference>/{part}/<uuid:handle>/" for part in ("enrollments", "mentors", "pairings")
)  # fmt: skip
urlpatterns = [
    path("", program.program_list, name="program_list"),
    path("new/", program.program_create, name="program_create"),
    path("<str:reference>/", program.program_detail, name="program_detail"),
    path("<str:reference>/edit/", program.program_edit, name="program_edit"),
    path("<str:reference>/open/", program.program_open, name="program_open"),
    path("<str:reference>/run/", program.program_run, name="program_run"),
    path("<str:reference>/end/", program.program_end, name="program_end"),
    path("<str:reference>/sessions/new/", program.session_add, name="session_add"),
    path("<str:reference>/sessions/<uuid:handle>/drop/", program.session_drop, name="session_drop"),
    path("<str:reference>/sessions/<uuid:handle>/attendance/", attendance.attendance_mark, name="attendance_mark"),
    path("<str:reference>/attendance/", attendance.attendance_grid, name="attendance_grid"),
    path("<str:reference>/enrollments/", enrollment.enrollment_list, name="enrollment_list"),
    path("<str:reference>/enrollments/new/", enrollment.enrollment_add, name="enrollment_add"),
    path(PERSON, enrollment.enrollment_detail, name="enrollment_detail"),
    path(f"{PERSON}change/", enrollment.enrollment_change, name="enrollment_change"),
    path(f"{PERSON}consent/", enrollment.consent_take, name="consent_take"),
    path(f"{PERSON}consent/withdraw/", enrollment.consent_withdraw, name="consent_withdraw"),
    path(f"{PERSON}enroll/", enrollment.enrollment_enroll, name="enrollment_enroll"),
    path(f"{PERSON}wait/", enrollment.enrollment_wait, name="enrollment_wait"),
    path(f"{PERSON}leave/", enrollment.enrollment_leave, name="enrollment_leave"),
    path(f"{PERSON}complete/", enrollment.enrollment_complete, name="enrollment_complete"),
    path("<str:reference>/mentors/", mentor.mentor_list, name="mentor_list"),
    path("<str:reference>/mentors/new/", mentor.mentor_add, name="mentor_add"),
    path(f"{MENTOR}leave/", mentor.mentor_leave, name="mentor_leave"),
    path(f"{MENTOR}clearances/new/", mentor.clearance_enter, name="clearance_enter"),
    path(f"{MENTOR}pair/", mentor.pairing_make, name="pairing_make"),
    path(f"{PAIRING}resume/", mentor.pairing_resume, name="pairing_resume"),
    path(f"{PAIRING}end/", mentor.pairing_end, name="pairing_end"),
]

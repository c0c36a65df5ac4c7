"""A program and what belongs to it behind an address, for those who may see it."""

from django.shortcuts import get_object_or_404

from core.answers import require
from events import rules
from events.models import Pairing, Program


def program_of(request, reference):
    """The program that this person may see."""
    programs = Program.objects.visible_to(request.user).select_related("area", "lead")
    return get_object_or_404(programs, reference=reference)


def program_to_change(request, reference):
    program = program_of(request, reference)
    require(rules.can_edit_program(request.user, program))
    return program


def program_with_names(request, reference):
    """The program, for those who may read who takes part."""
    program = program_of(request, reference)
    require(rules.can_read_names(request.user, program))
    return program


def session_to_drop(request, reference, handle):
    program = program_of(request, reference)
    session = get_object_or_404(program.sessions.select_related("event"), handle=handle)
    require(rules.can_edit_program(request.user, program))
    return session


def session_with_names(request, reference, handle):
    program = program_of(request, reference)
    session = get_object_or_404(program.sessions.select_related("event"), handle=handle)
    require(rules.can_read_names(request.user, program))
    session.program = program
    return session


def enrollment_of(request, reference, handle):
    """Somebody who takes part, as long as we know who it is."""
    program = program_of(request, reference)
    known = program.enrollments.known().select_related("contact", "guardian", "consent_by")
    enrollment = get_object_or_404(known, handle=handle)
    require(rules.can_read_names(request.user, program))
    enrollment.program = program
    return enrollment


def mentor_of(request, reference, handle):
    program = program_of(request, reference)
    mentors = program.mentors.filter(left_at=None).select_related("user").prefetch_related("clearances")
    mentor = get_object_or_404(mentors, handle=handle)
    require(rules.can_read_names(request.user, program))
    mentor.program = program
    return mentor


def pairing_of(request, reference, handle):
    program = program_of(request, reference)
    pairings = Pairing.objects.filter(mentor__program=program).select_related("mentor__user", "enrollment__contact")
    pairing = get_object_or_404(pairings, handle=handle)
    require(rules.can_read_names(request.user, program))
    pairing.mentor.program = pairing.enrollment.program = program
    return pairing

"""Pages that name people who take part in a program: reading one is an opening of it."""

from django.shortcuts import render

from core import audit


def show(request, program, template, context, *, names=True):
    """Answer with a page of a program, noted as an opening where it names people; a post shown again is none."""
    if names and request.method in ("GET", "HEAD"):
        audit.opened(request.user, program, page=request.resolver_match.url_name)
    return render(request, template, {"program": program, **context})

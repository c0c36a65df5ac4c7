"""What a person left running or unfinished: the page of a job, its result, drafts."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import audit, drafts, labels
from core.answers import Gone, is_ours
from core.models import Job


def job_of(request, key):
    return get_object_or_404(Job.objects.visible_to(request.user).select_related("result"), key=key)


@require_safe
def job_detail(request, key):
    """How far long work is. The part that changes is polled; without script the page loads itself again."""
    job = job_of(request, key)
    state = {
        "url": job.get_absolute_url(),
        "what": job.title,
        "done": job.done,
        "total": job.total,
        "started": job.started_at,
        "ended": not job.is_running,
        "failed": job.message if job.state == Job.State.FAILED else "",
    }
    return render(request, "core/job_detail.html", {"job": state, "row": job})


@require_POST
def job_download(request, key):
    """The result of a job. What must be handed out once, such as a person's copy, has an address of its own."""
    job = job_of(request, key)
    if job.result is None and job.state == Job.State.DONE and not job.link:
        raise Gone(_("What this work made is deleted: its time has run out. Have it made again."))
    if job.result is None or job.link:
        return redirect(job.link or job)
    audit.record(request.user, "job.download", kind=audit.Kind.DISCLOSURE, reference=str(job.key), of=job.kind)
    return FileResponse(
        job.result.file.open(), as_attachment=True, filename=job.result.name, content_type=job.result.content_type
    )


@require_POST
def draft_save(request):
    """Keep what stands in a form: `?form=<url name>&subject=<reference>&path=<where the form is>`.

    A script asks every 20 seconds and gets a few words; the button "Save draft" leads back to the form.
    """
    asked = request.GET
    form, path = asked.get("form", ""), asked.get("path", "")
    if ":" not in form or not is_ours(path):
        return HttpResponseBadRequest(_("This form says not where it stands."))
    draft = drafts.keep(request.user, form, asked.get("subject", ""), path, request.POST)
    words = (
        _("Draft saved at %(time)s.") % {"time": f"{timezone.localtime():%H:%M}"} if draft else _("Nothing to save.")
    )
    if request.headers.get("X-Requested-With") == "draft":
        return HttpResponse(words, content_type="text/plain; charset=utf-8")
    messages.info(request, words)
    return redirect(path)


@require_safe
def draft_detail(request):
    """What somebody typed on an older text: to be read, and sent again to the form it was typed into."""
    asked = request.GET
    draft = get_object_or_404(drafts.of(request.user), form=asked.get("form", ""), subject=asked.get("subject", ""))
    at = asked.get("at", "")
    if not is_ours(at):
        return HttpResponseBadRequest(_("This form says not where it stands."))
    typed = drafts.typed(draft.fields)
    names = labels.of_fields(at, {name for name, _value in typed})
    words = [(names[name], value) for name, value in typed if value and "version" not in name]
    return render(request, "core/draft_detail.html", {"draft": draft, "typed": typed, "words": words, "at": at})


@require_POST
def draft_discard(request):
    """Throw away one's own draft of a form."""
    drafts.forget(request.user, request.POST.get("form", ""), request.POST.get("subject", ""))
    messages.info(request, _("The draft is thrown away."))
    path = request.POST.get("next", "")
    return redirect(path if is_ours(path) else "portal:home")

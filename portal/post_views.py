"""How staff write posts, let each other approve them, send them out, and put right what was wrong."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.answers import require
from core.once import once
from portal import approving, channels, posting, rules, standing
from portal.models import Post, Posting
from portal.post_forms import ByHandForm, GiveUpForm, PostForm, ScheduleForm
from portal.update_forms import BackForm

FORM = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 25
BEHIND = ("owner", "changed_by", "approved_by", "sent_by", "back_by", "withdrawn_by", "corrects", "update", "event")


def post_of(request, reference):
    rows = Post.objects.visible_to(request.user).select_related(*BEHIND)
    return get_object_or_404(rows, reference=reference)


@require_safe
def post_list(request):
    """Posts, the newest first, narrowed by state; those that some channel may not have are marked."""
    require(rules.can_write(request.user))
    state = request.GET.get("state", "")
    trouble = Posting.objects.visible_to(request.user).filter(post=OuterRef("pk"), state__in=Posting.TROUBLE)
    found = Post.objects.visible_to(request.user).select_related("owner", "corrects")
    if state in Post.State.values:
        found = found.filter(state=state)
    page = Paginator(found.annotate(trouble=Exists(trouble)), PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "rows": standing.post_rows(page), "state": state, "states": Post.State.choices}
    return render(request, "portal/post_list.html", context)


@FORM
@once
def post_create(request):
    require(rules.can_write(request.user))
    form = PostForm(request.POST or None, submit=_("Save the draft"), cancel=reverse("portal:post_list"))
    if request.method == "POST" and form.is_valid() and "count" not in request.POST:
        post = form.save(by=request.user)
        messages.success(request, _("Draft %(post)s is saved. Read it, then send it for approval.") % {"post": post})
        return redirect(post)
    return render(request, "portal/post_create.html", {"form": form})


@require_safe
def post_detail(request, reference):
    """A post as its channels will have it, what became of it, and what comes next."""
    post = post_of(request, reference)
    postings = post.postings.select_related("confirmed_by")
    context = {
        "post": post,
        "chip": standing.post_chip(post.state),
        "texts": post.texts(),
        "postings": [(row, standing.posting_chip(row.state)) for row in postings],
        "corrections": post.corrections.all(),
        "channels": channels.set_up(),
        "may": _may(request.user, post),
        "lacks": post.lacks() if post.is_draft else [],
        "obstacle": "" if post.is_draft or post.is_withdrawn else post.obstacle(),
    }
    return render(request, "portal/post_detail.html", context)


def _may(user, post):
    """The acts that this page offers to whoever opened it: what they may do, and what can be done now."""
    works, ready = rules.can_work_on(user, post), bool(channels.usable()) and not post.obstacle()
    not_out = post.is_approved or post.is_scheduled
    return {
        "edit": works and post.is_draft,
        "approve": post.is_waiting and rules.can_approve(user, post) and not post.obstacle(),
        "send_back": rules.can_send_back(user, post) and (post.is_waiting or not_out),
        "go_out": works and not_out and ready,
        "by_hand": works and (post.is_approved or post.is_posted),
        "settle": works,
        "correct": works and post.is_posted,
        "withdraw": works and not post.is_posted and not post.is_withdrawn,
    }


@FORM
def post_edit(request, reference):
    post = post_of(request, reference)
    require(rules.can_work_on(request.user, post))
    post.refuse_unless_draft()
    form = PostForm(request.POST or None, instance=post, submit=_("Save the draft"), cancel=post.get_absolute_url())
    if request.method == "POST" and form.is_valid() and "count" not in request.POST:
        form.save(by=request.user)
        messages.success(request, _("Draft %(post)s is saved.") % {"post": post})
        return redirect(post)
    return render(request, "portal/post_edit.html", {"form": form, "post": post})


@require_POST
def post_send(request, reference):
    post = post_of(request, reference)
    require(rules.can_work_on(request.user, post))
    approving.send(text=post, by=request.user)
    messages.success(request, _("%(post)s waits for a second person.") % {"post": post})
    return redirect(post)


@require_POST
def post_approve(request, reference):
    post = post_of(request, reference)
    require(rules.can_approve(request.user, post), _("Somebody who had no hand in it has to approve it."))
    posting.approve(post=post, seen=request.POST.get("seen", ""), by=request.user)
    messages.success(
        request, _("%(post)s is approved. It goes out when somebody posts or schedules it.") % {"post": post}
    )
    return redirect(post)


@FORM
def post_send_back(request, reference):
    post = post_of(request, reference)
    require(rules.can_send_back(request.user, post))
    form = BackForm(request.POST or None, cancel=post.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        approving.send_back(text=post, note=form.cleaned_data["note"], by=request.user)
        messages.success(request, _("%(post)s is a draft again.") % {"post": post})
        return redirect(post)
    return render(request, "portal/post_send_back.html", {"form": form, "post": post})


@FORM
def post_schedule(request, reference):
    post = post_of(request, reference)
    require(rules.can_work_on(request.user, post))
    chosen = {"day": post.day, "clock": post.clock}
    form = ScheduleForm(request.POST or None, initial=chosen, cancel=post.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        posting.schedule(post=post, by=request.user, **form.cleaned_data)
        messages.success(request, _("%(post)s is scheduled.") % {"post": post})
        return redirect(post)
    return render(request, "portal/post_schedule.html", {"form": form, "post": post})


@require_POST
def post_now(request, reference):
    post = post_of(request, reference)
    require(rules.can_work_on(request.user, post))
    posting.go_out(post=post, by=request.user)
    messages.success(
        request, _("%(post)s goes out within a minute. Look here again to see what came of it.") % {"post": post}
    )
    return redirect(post)


@FORM
@once
def post_by_hand(request, reference):
    """Somebody posted a text themselves: where, and which."""
    post = post_of(request, reference)
    require(rules.can_work_on(request.user, post))
    form = ByHandForm(request.POST or None, post=post, cancel=post.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        posting.note_by_hand(post=post, by=request.user, **form.what())
        messages.success(request, _("Noted: %(post)s was posted by hand.") % {"post": post})
        return redirect(post)
    return render(request, "portal/post_by_hand.html", {"form": form, "post": post})


@FORM
def post_withdraw(request, reference):
    post = post_of(request, reference)
    require(rules.can_work_on(request.user, post))
    form = GiveUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        posting.withdraw(post=post, why=form.cleaned_data["why"], by=request.user)
        messages.success(request, _("%(post)s will not be posted.") % {"post": post})
        return redirect(post)
    return render(request, "portal/post_withdraw.html", {"form": form, "post": post})


@require_POST
@once
def post_correct(request, reference):
    """Begin the post that puts this one right."""
    post = post_of(request, reference)
    require(rules.can_work_on(request.user, post))
    return redirect("portal:post_edit", post.correct(by=request.user).reference)


def posting_of(request, reference, handle):
    rows = Posting.objects.visible_to(request.user).select_related("post__owner", "post__update")
    return get_object_or_404(rows, post__reference=reference, handle=handle)


@require_POST
def posting_retry(request, reference, handle):
    row = posting_of(request, reference, handle)
    require(rules.can_work_on(request.user, row.post))
    posting.retry(posting=row, by=request.user)
    messages.success(request, _("It is tried again within a minute."))
    return redirect(row.post)


@require_POST
def posting_confirm(request, reference, handle):
    row = posting_of(request, reference, handle)
    require(rules.can_work_on(request.user, row.post))
    posting.confirm(posting=row, by=request.user)
    messages.success(request, _("Noted: it was posted."))
    return redirect(row.post)

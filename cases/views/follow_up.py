"""Whether an agreement held: what each side said, apart; entered for them, or answered by them without an account."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases import following, letters, rules
from cases.fetch import case_of
from cases.follow_up_forms import AnswerForm, CodeForm, DayForm, HeardForm
from cases.models import FollowUp, FollowUpAnswer, FollowUpLink
from cases.opening import hand_out, show
from core.answers import require
from core.guessing import or_gone
from core.once import once

FORM = require_http_methods(["GET", "HEAD", "POST"])


def _follow_up_of(request, reference, handle):
    case = case_of(request, reference)
    found = FollowUp.objects.select_related("agreement").filter(agreement__case=case)
    follow_up = get_object_or_404(found, handle=handle)
    follow_up.agreement.case = case
    return follow_up


def _side_of(request, reference, handle, party):
    """A follow-up and one of the sides; what is not there is not there, also for those who only see the case."""
    follow_up = _follow_up_of(request, reference, handle)
    side = get_object_or_404(follow_up.sides(), handle=party)
    require(rules.can_work_on(request.user, follow_up.case))
    return follow_up, side


@FORM
def follow_up_detail(request, reference, handle):
    """What the sides said, side by side and term by term; a post moves the day of asking."""
    follow_up = _follow_up_of(request, reference, handle)
    require(rules.can_work_on(request.user, follow_up.case))
    form = DayForm(request.POST or None, follow_up=follow_up, cancel=follow_up.agreement.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        following.move(follow_up, form.cleaned_data["day"], by=request.user)
        day = date_format(follow_up.due_on, "DATE_FORMAT")
        messages.success(request, _("The sides are asked on %(day)s.") % {"day": day})
        return redirect(follow_up)
    context = {"form": form, "follow_up": follow_up, **following.side_by_side(follow_up)}
    return show(request, follow_up.case, "cases/follow_up_detail.html", context)


@FORM
@once
def follow_up_hear(request, reference, handle, party):
    """Write down what a side said, alone, by phone or in person."""
    follow_up, side = _side_of(request, reference, handle, party)
    asked = {"follow_up": follow_up, "party": side, "cancel": follow_up.get_absolute_url()}
    form = HeardForm(request.POST or None, **asked)
    if request.method == "POST" and form.is_valid():
        following.answer(form.save(commit=False), form.of_terms(), by=request.user)
        messages.success(request, _("What %(party)s said is kept. The other side never sees it.") % {"party": side})
        return redirect(follow_up)
    context = {"form": form, "follow_up": follow_up, "side": side, "languages": settings.LANGUAGES}
    return show(request, follow_up.case, "cases/follow_up_hear.html", context)


@require_safe
def follow_up_print(request, reference, handle, party, language):
    """The same questions on paper, as a tagged PDF for one side."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    follow_up, side = _side_of(request, reference, handle, party)
    with translation.override(language):
        content = letters.follow_up(follow_up, side)
    return hand_out(request, follow_up.case, content, f"{reference}-follow-up", language=language)


@FORM
def follow_up_link(request, reference, handle, party):
    """The link and code of one side, to read out or to print; a post makes a fresh one and ends the one before."""
    follow_up, side = _side_of(request, reference, handle, party)
    link = FollowUpLink.objects.filter(follow_up=follow_up, party=side).first()
    if request.method == "POST":
        if link is None:
            following.link_for(follow_up, side, by=request.user)
        else:
            # What was not sent yet carries the new one, because messages are written when they are sent.
            link.renew(by=request.user)
            messages.success(request, _("There is a fresh code. The one before opens nothing any more."))
        return redirect("cases:follow_up_link", reference, handle, party)
    if link is not None:
        link.follow_up = follow_up
    context = {"follow_up": follow_up, "side": side, "link": link}
    return show(request, follow_up.case, "cases/follow_up_link.html", context)


@login_not_required
@FORM
def code_enter(request):
    """The way in for those who have the code on paper or heard it on the phone."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("links:follow_up", form.link.token)
    return render(request, "cases/public/code_enter.html", {"form": form})


@login_not_required
@FORM
def follow_up_answer(request, code):
    """The questions for one side, who need no account. Opening it changes nothing: scanners of mails open links too."""
    links = FollowUpLink.objects.opened_by(code).select_related("follow_up__agreement__case", "party")
    return _answer(request, or_gone(links.first()), code)


@once
def _answer(request, link, code):
    follow_up = link.follow_up
    if follow_up.answers.filter(party=link.party).exists():
        return render(request, "cases/public/follow_up_thanks.html")
    form = AnswerForm(request.POST or None, follow_up=follow_up, party=link.party, submit=_("Send my answer"))
    if request.method == "POST" and form.is_valid():
        given = form.save(commit=False)
        given.mode = FollowUpAnswer.Mode.LINK
        following.answer(given, form.of_terms())
        return redirect("links:follow_up", code)
    context = {"form": form, "agreement": follow_up.agreement}
    return render(request, "cases/public/follow_up_answer.html", context)

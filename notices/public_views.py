"""How a person without an account makes our messages stop."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from notices import inbound as inbound_post
from notices import stop
from notices.models import Channel


@csrf_exempt
@login_not_required
@require_POST
def inbound(request, provider):
    """A signed post of a provider. Known and unknown addresses and words get the same empty answer."""
    if len(request.body) > inbound_post.LONGEST_BODY:
        return HttpResponse(status=413)
    if not inbound_post.is_genuine(provider, request):
        return HttpResponse(status=403)
    inbound_post.act(provider, request)
    return HttpResponse(status=204)


# Mail programs post "one click" from servers of their own, without our cookie: the signed address is the right to it.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, token):
    """The page behind the link in a mail. Opening it changes nothing: scanners of mail servers open links too."""
    digest = stop.digest_of_token(token)
    if digest is None:
        raise Http404
    if request.method == "POST" and "again" in request.POST:
        started = stop.take_back(digest, by="resident")
        return render(request, "notices/unsubscribe.html", {"started": started, "refused": not started})
    if request.method == "POST":
        stop.opt_out(Channel.EMAIL, digest, source=stop.BY_LINK, by="resident")
    return render(request, "notices/unsubscribe.html", {"done": request.method == "POST"})

"""What anybody may ask about areas without an account."""

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from areas.lookup import area_at

# Three decimals of a degree are about a hundred meters: enough to know the area, too little to know the door.
DECIMALS = 3


@csrf_exempt
@login_not_required
@require_POST
def at(request):
    """Which area lies around `longitude` and `latitude`, of a `level` if one is named.

    By POST alone, because addresses are written into logs on the way here and bodies are not. It changes nothing and
    keeps nothing, so it needs no token against forged requests, which would need a cookie.
    """
    try:
        longitude, latitude = (round(float(request.POST[name]), DECIMALS) for name in ("longitude", "latitude"))
    except (KeyError, ValueError, OverflowError):
        return JsonResponse({"error": _("Give longitude and latitude in degrees.")}, status=400)
    area = area_at(longitude, latitude, level=request.POST.get("level", "").replace("\x00", ""))
    found = area and {"reference": area.reference, "name": area.name, "level": area.level}
    return JsonResponse({"area": found})

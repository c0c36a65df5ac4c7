"""Files that programs ask for again and again, such as a calendar that looks every hour whether something changed."""

import hashlib

from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date


def answer(request, content, *, kind, newest):
    """The file, or 304 where the program has it already.

    It may keep the file and asks whether it is still the same: by its mark, which is exact, or by `newest`, the last
    moment at which it may have changed. What is in it depends on the language, so that counts too.
    """
    content = content.encode() if isinstance(content, str) else content
    changed = int(newest.timestamp())
    mark = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": mark, "Last-Modified": http_date(changed), "Cache-Control": "private, no-cache"}
    response = HttpResponse(content, content_type=f"{kind}; charset=utf-8", headers=headers)
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return get_conditional_response(request, etag=mark, last_modified=changed, response=response)

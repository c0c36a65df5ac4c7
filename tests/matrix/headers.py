"""What every answer must carry, whatever its status: the headers of security, and cookies that go nowhere else."""

CSP = {
    "default-src": ["'none'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "form-action": ["'self'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "connect-src": ["'self'"],
}
EXACT = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}
OFF = {"camera", "microphone", "payment", "usb", "display-capture", "midi"}
DISCLOSES = ("Server", "X-Powered-By")
YEAR = 31_536_000
# Public files that programs ask for every hour: they may keep them, and ask whether they are still the same.
POLLED, ASKED_AGAIN = ("text/calendar", "application/rss+xml", "application/atom+xml"), "private, no-cache"


def directives(header):
    """{directive: [sources]} of a content security policy."""
    parts = (part.split() for part in header.split(";") if part.strip())
    return {name: sources for name, *sources in parts}


def policy_faults(header):
    found = directives(header)
    for name, sources in CSP.items():
        if found.get(name) != sources:
            yield f"CSP: {name} is {found.get(name)}"
    for name, sources in found.items():
        for source in sources:
            loose = name == "img-src" and source == "data:"
            if source not in ("'self'", "'none'") and not loose:
                yield f"CSP: {name} allows {source}"


def permission_faults(header):
    given = dict(part.strip().split("=", 1) for part in header.split(",") if "=" in part)
    for name in OFF:
        if given.get(name) != "()":
            yield f"Permissions-Policy: {name} is {given.get(name)}"
    for name, who in given.items():
        if who not in ("()", "(self)"):
            yield f"Permissions-Policy: {name} is given to {who}"


def cookie_faults(cookies):
    for cookie in cookies.values():
        name = cookie.key
        if not name.startswith("__Host-"):
            yield f"cookie {name} is not bound to the host"
        if not (cookie["secure"] and cookie["httponly"] and cookie["path"] == "/") or cookie["domain"]:
            yield f"cookie {name} is not Secure, HttpOnly, of the whole site and of no domain"
        if cookie["samesite"] not in ("Lax", "Strict"):
            yield f"cookie {name} has SameSite={cookie['samesite']}"


def faults(response):
    """Everything that is wrong with the headers of an answer of the site, in words."""
    headers = response.headers
    for name, value in EXACT.items():
        if headers.get(name) != value:
            yield f"{name} is {headers.get(name)}"
    yield from policy_faults(headers.get("Content-Security-Policy", ""))
    yield from permission_faults(headers.get("Permissions-Policy", ""))
    yield from cookie_faults(response.cookies)
    cache, kind = headers.get("Cache-Control", ""), headers.get("Content-Type", "")
    if "no-store" not in cache and not (kind.startswith(POLLED) and cache == ASKED_AGAIN):
        yield f"Cache-Control is {cache}"
    if not headers.get("X-Request-ID"):
        yield "X-Request-ID is missing"
    for name in DISCLOSES:
        if name in headers:
            yield f"{name} tells what runs here"


def static_faults(response):
    """What is wrong with the headers of a static file whose name holds a hash of its content."""
    cache = response.headers.get("Cache-Control", "")
    if f"max-age={YEAR * 10}" not in cache or "immutable" not in cache or "public" not in cache:
        yield f"Cache-Control is {cache}"
    for name in ("X-Content-Type-Options", "Strict-Transport-Security", "Referrer-Policy"):
        if response.headers.get(name) != EXACT[name]:
            yield f"{name} is {response.headers.get(name)}"
    yield from cookie_faults(response.cookies)
    if response.cookies:
        yield "a static file sets a cookie"

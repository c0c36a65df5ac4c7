"""What the tests of every page share: the pages beside those of the table, who opens them, and the looks."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client

from core.models import Job, PersonRequest
from tests.factories.accounts import PASSWORD
from tests.matrix import actors
from tests.pages.listing import Page

LOOKS = {path.stem: path.read_text() for path in (Path(__file__).parent / "looks").glob("*.js")}
# WCAG 2.2 asks for targets of 24 px or room around them; axe knows the rule and leaves it off by default.
RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
AXE, AROUND = Axe(), [[".rail"], [".topbar"], [".tabbar"]]
NARROWEST = 320
# Somebody whose password was right and whose code is asked for now.
ON_THE_WAY = "on the way in"


def more_pages(world):
    """Pages in a state of their own: of errors, filtered, empty, and My day of every role."""
    yield Page("mfa_authenticate", ON_THE_WAY, "/accounts/2fa/authenticate/")
    yield Page("mfa_activate_totp", actors.HALF, "/accounts/2fa/totp/activate/")
    for actor in (actors.ANONYMOUS, actors.OFFICER):
        yield Page("not there", actor, "/nowhere/", status=404)
    yield Page("not theirs", actors.OFFICER, "/staff/", status=403)
    yield Page("no longer", actors.ANONYMOUS, "/invitation/nobody/", status=410)
    yield Page("portal:contact", actors.ANONYMOUS, "/contact/?area=Eastgate")
    for url in ("/cases/?risk=high&state=open", "/cases/?q=zzzz", "/desk/search/?q=zzzz", "/areas/?q=zzzz"):
        yield Page("filtered", actors.OFFICER, url)
    yield Page("filtered", actors.RECORDS, "/records/audit/?kind=refusal&start=nonsense")
    duplicate, kept = (world.places[name]["reference"] for name in ("case", "unit case"))
    yield Page("cases:case_merge", actors.OFFICER, f"/cases/{duplicate}/merge/?keep={kept}")
    # With what a match found, and while work is going on.
    yield Page("core:request_detail", actors.RECORDS, PersonRequest.objects.latest("pk").get_absolute_url())
    yield Page("core:job_detail", actors.OFFICER, Job.objects.filter(state="running").latest("pk").get_absolute_url())
    for actor in (actors.SUPERVISOR, actors.COORDINATOR, actors.ANALYST, actors.RECORDS, actors.MEDIATOR_ELSEWHERE):
        yield Page("desk:my_day", actor, "/desk/")


class Desk:
    """One tab for each person, with or without script, in one language; tabs are kept, because each costs time."""

    def __init__(self, world, open_context, staff_context, live_server):
        self.world, self.url = world, live_server.url
        self._open, self._staff, self._tabs = open_context, staff_context, {}

    def tab(self, actor, **options):
        key = (actor, *sorted(options.items()))
        if key not in self._tabs:
            self._tabs[key] = self._context(actor, **options).new_page()
        return self._tabs[key]

    def _context(self, actor, **options):
        if actor == actors.ANONYMOUS:
            return self._open(**options)
        if actor == ON_THE_WAY:
            return self._half_way(self._open(**options))
        return self._staff(self.world.people[actor], **options)

    def _half_way(self, context):
        client, email = Client(), self.world.people[actors.COLLEAGUE].email
        client.post("/accounts/login/", {"login": email, "password": PASSWORD})
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.url}])
        return context


def dress(tab, url, width, theme):
    tab.set_viewport_size({"width": width, "height": 900})
    tab.context.add_cookies([{"name": settings.THEME_COOKIE_NAME, "value": theme, "url": url}])


def open_page(tab, page, console):
    """Go there; a page of an error may say so on the console. Yields what is wrong with the answer itself."""
    answer = tab.goto(page.url)
    if page.status >= 400:
        console[:] = [said for said in console if "Failed to load resource" not in said]
    return [] if answer.status == page.status else [f"answers {answer.status}"]


def barriers(tab, page):
    """What axe finds. The rail and the bars are the same on all staff pages, so they are looked at on one of them."""
    around = "document" if page.name == "desk:my_day" else f"{{exclude: {AROUND}}}"
    tab.evaluate(AXE.axe_script)
    # From its top: where the page was left scrolled, its sticky bars may lie over a control.
    tab.evaluate("scrollTo(0, 0)")
    found = tab.evaluate(f"(rules) => axe.run({around}, rules).then((found) => found.violations)", RULES)
    return [f"{rule['id']}: {node['target'][0]}" for rule in found for node in rule["nodes"][:3]]


def sideways(tab, where):
    """The fault of a page that is wider than its window, with what reaches farthest, or nothing."""
    widest = tab.evaluate(LOOKS["widest"])
    return [f"scrolls sideways{where}: {widest}"] if widest else []


def seen(tab, page, width):
    """What is wrong with a page on the screen."""
    public = tab.evaluate("document.body.dataset.shell") == "public"
    # Focus by script looks like focus by mouse until a key was pressed.
    tab.keyboard.press("Tab")
    ending = f" · {settings.AGENCY['name']}" if public else " · Liaison"
    return tab.evaluate(LOOKS["seen"], {"ending": ending, "tall": 44 if public or width < 640 else 24})


def printed(tab, spoil="undefined"):
    """What paper would lose of a page. `spoil` is a script between the screen and the paper, for planted failures."""
    tab.evaluate(LOOKS["printed"], {"printing": False})
    tab.evaluate(spoil)
    tab.emulate_media(media="print")
    faults = tab.evaluate(LOOKS["printed"], {"printing": True})
    tab.emulate_media(media="screen")
    return faults


def too_wide(tab):
    """Whether a page scrolls sideways in its window, in the narrowest one (400 % zoom), and from right to left."""
    faults = sideways(tab, "")
    tab.set_viewport_size({"width": NARROWEST, "height": 900})
    faults += sideways(tab, " in the narrowest window")
    tab.evaluate("document.documentElement.dir = 'rtl'")
    return faults + sideways(tab, " from right to left")

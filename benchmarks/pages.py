"""The pages that are measured, each beside its floor, in interleaved rounds over all sizes."""

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from benchmarks import judge
from benchmarks.browser import TOKEN
from benchmarks.counting import ANSWER, ASKED
from benchmarks.residents import Resident

# A word that stands in about 5 of 100 cases of the demo city.
WORD = "fence"
ROUNDS, BURST, WARM_UP = 16, 6, 6
AREA = re.compile(r'<select[^>]*name="area"[^>]*>.*?<option value="(\d+)"', re.DOTALL)


@dataclass(frozen=True)
class Page:
    """A page, its floor, and its budgets: times the floor, queries, growth from the smaller to the larger size."""

    name: str
    path: str
    floor: str
    ratio: float = 0
    queries: int = 0
    growth: float = 0
    fixed: bool = False
    # Read without an account.
    public: bool = False


PAGES = (
    Page("case list, 50 rows", "/cases/?size=50", "list", ratio=2, queries=10, growth=1.6, fixed=True),
    Page("case detail", "/cases/{case}/", "detail", ratio=3, queries=10, growth=1.15, fixed=True),
    Page("case with 30 sessions and 200 notes", "/cases/{full}/", "full", ratio=3, queries=12, fixed=True),
    Page("search", f"/desk/search/?q={WORD}", "search", ratio=2, growth=2.5, fixed=True),
    Page("my day", "/desk/", "list", fixed=True),
    Page("supervisor home", "/desk/supervisor/", "list", fixed=True),
    Page("event page", "/events/{event}/", "event", ratio=3, queries=4, fixed=True, public=True),
)
# A day that has begun everywhere, whatever the zone of the product is.
TODAY = (datetime.now(UTC) - timedelta(hours=12)).date().isoformat()
LOG = Page("log a case", "/cases/new/", "log", ratio=4)
REGISTER = Page("register for an event", "/events/{event}/register/", "register", ratio=4, queries=10, public=True)
FORMS = (LOG, REGISTER)
FLOORS = {
    "one": "/floor/one/?case={case}",
    "list": "/floor/list/",
    "detail": "/floor/detail/{case}/",
    "full": "/floor/full/{full}/",
    "search": f"/floor/search/?q={WORD}",
}


class Measured:
    """The times of one installation: {name of page or floor: [seconds, …]}."""

    def __init__(self, installation):
        self.cases = installation.cases
        self.product, self.floor = installation.browsers()
        self.resident = Resident(self.product.port, self.floor.port, installation.event)
        places = {"case": installation.case, "full": installation.full_case, "event": installation.event}
        form = self.product.page("/cases/new/")
        self._fields = {
            "csrfmiddlewaretoken": TOKEN.search(form)[1], "title": "Noise after midnight", "source": "patrol",
            "dispute": "noise", "process": "mediation", "risk": "low", "access": "team",
            "place": "Fenwick Close", "summary": "Two neighbors disagree about music at night.",
        }  # fmt: skip
        self._area = AREA.search(form)[1]
        self.rounds, self.times, self.asks = [], {}, {}
        for page in PAGES:
            browser = self.resident.product if page.public else self.product
            self._will_ask(page.name, browser, page.path.format(**places))
        for name, path in FLOORS.items():
            self._will_ask(f"floor {name}", self.floor, path.format(**places))
        self._will_ask("floor event", self.resident.floor, "/floor/event/{event}/".format(**places))
        self.asks[LOG.name] = SimpleNamespace(browser=self.product, ask=self._log, wanted=302)
        self.asks["floor log"] = SimpleNamespace(browser=self.floor, ask=self._log_on_the_floor, wanted=302)
        resident = self.resident
        self.asks[REGISTER.name] = SimpleNamespace(browser=resident.product, ask=resident.register, wanted=302)
        on_the_floor = SimpleNamespace(browser=resident.floor, ask=resident.register_on_the_floor, wanted=302)
        self.asks["floor register"] = on_the_floor

    def _will_ask(self, name, browser, path):
        self.asks[name] = SimpleNamespace(browser=browser, ask=lambda: (path, None), wanted=200)

    def _log(self):
        fields = {"area": self._area, "idempotency_key": uuid.uuid4(), "received_on": TODAY}
        return LOG.path, self._fields | fields

    def _log_on_the_floor(self):
        return "/floor/log/", self._fields | {"area_id": self._area, "idempotency_key": uuid.uuid4()}

    def close(self):
        self.product.close()
        self.floor.close()
        self.resident.close()

    def warm_up(self):
        """Both processes of each server have rendered each page before any is timed."""
        for _ in range(WARM_UP):
            for one in self.asks.values():
                one.browser.connect()
                one.browser.seconds(one.ask, one.wanted)

    def round(self, burst):
        """Some requests for each page and floor in turn. The first of a connection is not counted."""
        times = {}
        for name, one in self.asks.items():
            one.browser.connect()
            one.browser.seconds(one.ask, one.wanted)
            times[name] = [one.browser.seconds(one.ask, one.wanted) for _ in range(burst)]
        self.rounds.append(times)

    def keep(self, rounds):
        """The times of these rounds are those that count."""
        self.times = {name: [took for number in rounds for took in self.rounds[number][name]] for name in self.asks}

    def spent(self, page):
        """Queries, milliseconds in them, milliseconds in templates: of the quietest of some requests."""
        one, found = self.asks[page.name], []
        # The server has closed what it has not heard from for some seconds.
        one.browser.connect()
        for _ in range(5):
            path, form = one.ask()
            _, headers, _ = one.browser.ask(path, form, **{ASKED: "1"})
            queries, sql, template = headers[ANSWER].split()
            found.append((int(queries), float(sql), float(template)))
        return min(found, key=lambda spent: spent[1] + spent[2])


def measure(installations, rounds=ROUNDS, burst=BURST):
    """{cases: Measured}, all sizes in turn within each round.

    The quieter half of the rounds counts, the same rounds for every page, floor and size: where others use the machine
    as well, waiting for a processor falls on each request alike, however little it does, and so hides the ratios.
    """
    measured = [Measured(installation) for installation in installations]
    for one in measured:
        one.warm_up()
    for _ in range(rounds):
        for one in measured:
            one.round(burst)
    quiet = judge.quieter_half([[one.rounds[number] for one in measured] for number in range(rounds)])
    for one in measured:
        one.keep(quiet)
    return {one.cases: one for one in measured}


def figures(measured):
    """Every figure of the pages, and where the time of each page goes."""
    found, where, queries = [], [], {page.name: {} for page in (*PAGES, *FORMS)}
    for cases, one in measured.items():
        floors = {name: one.times[f"floor {name}"] for name in (*FLOORS, "event", "log", "register")}
        found += judge.floor_figures(cases, floors, judged=cases == 10_000)
        for page in (*PAGES, *FORMS):
            times, (count, sql, template) = one.times[page.name], one.spent(page)
            queries[page.name][cases] = count
            found += judge.page_figures(page, cases, times, floors[page.floor], count)
            rest = max(judge.p50(times) - sql - template, 0)
            spent = f"queries {sql:.1f} ms, templates {template:.1f} ms, the rest {rest:.1f} ms"
            where.append(f"{page.name}, {cases:,} cases: {spent}")
    sizes = sorted(measured)
    for page in PAGES if len(sizes) > 1 else ():
        times = {cases: one.times[page.name] for cases, one in measured.items()}
        found += judge.growth_figures(page, sizes[0], sizes[-1], times, queries[page.name])
    return found, where

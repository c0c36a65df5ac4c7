"""What figures mean: each with its bound, and whether it is met. Pure functions of numbers."""

import statistics
from dataclasses import dataclass

# Ratios to "session, user and one SELECT" of the floors this project is measured against; a floor of ours may be so
# many times off, or it is another floor.
REFERENCE = {"list": (4.0, 5.6), "detail": (1.5, 1.5), "search": (2.8, 6.7)}
OFF_AT_MOST = 1.5
FIXED = "fixed"


@dataclass(frozen=True)
class Figure:
    """One number. `bound` says what it must be, empty where it is only printed; `met` is None then."""

    name: str
    value: float
    unit: str
    bound: str = ""
    met: bool | None = None

    def __str__(self):
        mark = {None: "", True: "  met", False: "  MISSED"}[self.met]
        return f"{self.name}: {self.value:,.4g} {self.unit}{f'  ({self.bound})' if self.bound else ''}{mark}"


def at_most(name, value, unit, bound):
    return Figure(name, round(value, 3), unit, f"at most {bound:g}", value <= bound)


def at_least(name, value, unit, bound):
    return Figure(name, round(value, 3), unit, f"at least {bound:,g}", value >= bound)


def told(name, value, unit):
    return Figure(name, round(value, 3), unit)


def p50(seconds):
    return statistics.median(seconds) * 1000


def p95(seconds):
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1] * 1000


def quieter_half(rounds):
    """The numbers of the rounds that took less time in all: of each round the times of every page, of every size."""
    took = [sum(sum(sum(times) for times in one.values()) for one in sizes) for sizes in rounds]
    return sorted(sorted(range(len(rounds)), key=took.__getitem__)[: (len(rounds) + 1) // 2])


def floor_figures(cases, times, *, judged):
    """How far each floor is from "session, user and one SELECT": judged at 10,000 cases, told at other sizes."""
    figures = []
    for name, (low, high) in REFERENCE.items():
        ratio = p50(times[name]) / p50(times["one"])
        title, unit = f"floor {name} / one SELECT, {cases:,} cases", "x"
        least, most = low / OFF_AT_MOST, high * OFF_AT_MOST
        bound = f"reference {low:g}" if low == high else f"reference {low:g} to {high:g}"
        if judged:
            figures.append(Figure(title, round(ratio, 2), unit, f"{bound}, at most 1.5x off", least <= ratio <= most))
        else:
            figures.append(Figure(title, round(ratio, 2), unit, bound))
    return figures


def page_figures(page, cases, times, floor_times, queries):
    """Times, ratio to the floor and queries of one page at one size."""
    title = f"{page.name}, {cases:,} cases"
    ratio = p50(times) / p50(floor_times)
    figures = [
        told(f"{title}: p50", p50(times), "ms"),
        told(f"{title}: p95", p95(times), "ms"),
        at_most(f"{title}: ratio to floor", ratio, "x", page.ratio)
        if page.ratio
        else told(f"{title}: ratio to floor", ratio, "x"),
    ]
    if queries is None:
        return figures
    name = f"{title}: queries"
    return [*figures, at_most(name, queries, "", page.queries) if page.queries else told(name, queries, "")]


def growth_figures(page, small, large, times, queries):
    """How a page grows from the smaller to the larger size."""
    title, ratio = f"{page.name}, {small:,} to {large:,} cases", p50(times[large]) / p50(times[small])
    name = f"{title}: growth"
    figures = [at_most(name, ratio, "x", page.growth) if page.growth else told(name, ratio, "x")]
    if page.fixed:
        figures.append(
            Figure(f"{title}: queries more", queries[large] - queries[small], "", "0", queries[large] == queries[small])
        )
    return figures


def missed(figures):
    return [figure for figure in figures if figure.met is False]

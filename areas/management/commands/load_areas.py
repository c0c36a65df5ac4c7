from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from areas import boundary_file
from areas.boundary_file import Fields, Unreadable
from areas.load import Order, Outcome, load
from areas.models import Area

ACTOR = "load_areas"


class Command(BaseCommand):
    help = (
        "Take the areas of one level from a GeoJSON file. Says what would happen; writes only with --commit. "
        "Areas that the file no longer has come to an end and keep their records; what took over their ground "
        "becomes their successor."
    )

    def add_arguments(self, parser):
        add = parser.add_argument
        add("file", help="GeoJSON in longitude and latitude (WGS 84)")
        add("--level", required=True, help="precinct, sector, beat, neighborhood or your own word")
        add("--name-field", required=True, help="the field of the file that holds the names")
        add("--code-field", default="", help="the field that holds codes; they find an area that was renamed")
        add("--population-field", default="", help="the field that holds how many people live there")
        add("--population-year", type=int, help="the year of that count")
        add("--population-source", default="", help="who counted")
        add("--parent-level", default="", help="the level above, whose areas these are part of")
        add("--parent-field", default="", help="the field that names the area above; without it the ground decides")
        add("--on", type=date.fromisoformat, help="the first day on which this set is in force (YYYY-MM-DD)")
        add("--partial", action="store_true", help="the file is a part of the level: what it lacks stays in force")
        add("--shapeless", action="store_true", help="take areas without a shape too")
        add("--successor-percent", type=float, default=10.0, help="the share of ground that makes a successor (10)")
        add("--commit", action="store_true", help="write; without it nothing is written")

    def handle(self, *, file, commit, **options):
        fields = Fields(
            options["name_field"], options["code_field"], options["population_field"], options["parent_field"]
        )
        order = self.order(options)
        try:
            features = boundary_file.read(file, fields, shapeless=options["shapeless"])
        except Unreadable as why:
            raise CommandError(f"{file} was not loaded. {why}") from why
        with transaction.atomic():
            report = load(features, order, by=ACTOR)
            transaction.set_rollback(not commit)
        self.tell(report, order, commit)

    def order(self, options):
        """What was asked for, refused in one sentence where it makes no sense."""
        today = timezone.localdate()
        if options["on"] and options["on"] > today:
            raise CommandError("--on lies in the future: load the set on the day it comes into force.")
        if options["parent_field"] and not options["parent_level"]:
            raise CommandError("--parent-field needs --parent-level.")
        if not 0 < options["successor_percent"] <= 100:
            raise CommandError("--successor-percent must be above 0 and at most 100.")
        if options["population_year"] is not None and not 1700 <= options["population_year"] <= today.year:
            raise CommandError("--population-year must be a year that has begun.")
        level, parent_level = known_level(options["level"]), known_level(options["parent_level"])
        if not level or len(level) > 40 or len(options["population_source"]) > 120:
            raise CommandError("--level takes 1 to 40 characters, --population-source at most 120.")
        if parent_level == level or (parent_level and not Area.objects.filter(level=parent_level).exists()):
            raise CommandError(f"There are no areas of the level “{parent_level}” for these to be part of.")
        return Order(
            level=level,
            on=options["on"],
            today=today,
            counts_people=bool(options["population_field"]),
            population_year=options["population_year"],
            population_source=options["population_source"],
            parent_level=parent_level,
            names_parents=bool(options["parent_field"]),
            partial=options["partial"],
            successor_share=options["successor_percent"] / 100,
        )

    def tell(self, report, order, commit):
        """Every area about which there is something to say, by name; the counts at the end."""
        first = not report.vanished and {entry.outcome for entry in report.entries} <= {Outcome.NEW, Outcome.REFUSED}
        for entry in report.entries:
            if entry.outcome == Outcome.NEW and not first:
                self.stdout.write(f"{entry.area.name}: new")
            for line in lines_about(entry):
                self.stdout.write(line)
        for area in report.vanished:
            heirs = [row.successor.name for row in report.successions if row.predecessor_id == area.pk]
            self.stdout.write(f"{area.name}: vanished; {replaced_by(heirs)}")
        for note in report.notes:
            self.stdout.write(note)
        if order.counts_people and not (order.population_year and order.population_source):
            self.stdout.write(
                "The population has no year or no source: give --population-year and --population-source."
            )
        if not commit:
            self.stdout.write("Nothing was written. Add --commit to write it.")
        counts = report.counts()
        told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome)
        self.stdout.write(f"{len(report.entries)} features: {told}. {len(report.vanished)} vanished.")


def known_level(typed):
    """A level as it is already written here, whatever case was typed."""
    typed = " ".join(typed.split())
    levels = Area.objects.order_by("level").values_list("level", flat=True).distinct()
    return next((level for level in levels if level.casefold() == typed.casefold()), typed)


def lines_about(entry):
    """What there is to say about one feature of the file."""
    feature = entry.feature
    name = feature.label if entry.outcome == Outcome.REFUSED else entry.area.name
    if entry.outcome == Outcome.REFUSED:
        yield f"{name} (feature {feature.number}): refused; it {feature.refusal}"
    elif "name" in entry.changes:
        yield f"{name}: renamed; {entry.area.aliases[0]} stays as another name"
    if entry.outcome == Outcome.CHANGED and entry.changes != ["name"]:
        words = [name for name in entry.changes if name != "name"]
        yield f"{name}: changed: {', '.join(words).replace('_', ' ').replace('geometry', 'shape')}"
    for note in feature.notes:
        yield f"{name}: {note}"


def replaced_by(heirs):
    return f"replaced by {', '.join(heirs)}" if heirs else "nothing replaced it"

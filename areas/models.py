from datetime import timedelta

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.db.models.functions import MD5, Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from shapely.geometry import shape as shape_of

from areas import shapes
from core.references import Referenced
from core.search import SearchField, search_query
from core.versions import Versioned

BELOW_AND_AFTER = """
    WITH RECURSIVE covered(id) AS (
        SELECT unnest(%s::bigint[])
        UNION
        SELECT step.id FROM covered c CROSS JOIN LATERAL (
            SELECT a.id FROM areas_area a WHERE a.parent_id = c.id
            UNION ALL
            SELECT s.successor_id FROM areas_succession s WHERE s.predecessor_id = c.id
        ) step
    ) SELECT id FROM covered
"""
ABOVE_AND_BEFORE = """
    WITH RECURSIVE covering(id) AS (
        SELECT unnest(%s::bigint[])
        UNION
        SELECT step.id FROM covering c CROSS JOIN LATERAL (
            SELECT a.parent_id AS id FROM areas_area a WHERE a.id = c.id AND a.parent_id IS NOT NULL
            UNION ALL
            SELECT s.predecessor_id FROM areas_succession s WHERE s.successor_id = c.id
        ) step
    ) SELECT id FROM covering
"""
# The same walk upwards from several areas at once, each row with the area it began at.
EACH_ABOVE_AND_BEFORE = """
    WITH RECURSIVE covering(start, id) AS (
        SELECT asked, asked FROM unnest(%s::bigint[]) AS asked
        UNION
        SELECT c.start, step.id FROM covering c CROSS JOIN LATERAL (
            SELECT a.parent_id AS id FROM areas_area a WHERE a.id = c.id AND a.parent_id IS NOT NULL
            UNION ALL
            SELECT s.predecessor_id FROM areas_succession s WHERE s.successor_id = c.id
        ) step
    ) SELECT start, array_agg(id) FROM covering GROUP BY start
"""


def beginning_at(sql, asked):
    """One of the two walks, begun at the areas that another statement names."""
    return sql.replace("unnest(%s::bigint[])", f"* FROM ({asked}) AS asked")


def _ids(sql, ids):
    """Run one of the two walks. `ids` may be a query of one column: it is then read in the same statement."""
    values = [ids]
    if isinstance(ids, models.QuerySet):
        asked, values = ids.order_by().query.sql_with_params()
        sql = beginning_at(sql, asked)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]


class AreaQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Every member of staff, and every resident, may know every area."""
        return self

    def current(self, day=None):
        """Areas in force on a day: valid_from is the first day, valid_to the last."""
        day = day or timezone.localdate()
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day))

    def former(self, day=None):
        """Areas that were in force once and are no longer."""
        return self.filter(valid_to__lt=day or timezone.localdate())

    def with_shapes(self):
        """With the geometry, which every other read leaves in the database."""
        return self.defer(None).defer("vector")

    def search(self, user, text):
        """Areas whose name, code, other names or reference match every word."""
        query = search_query(text)
        return self.none() if query is None else self.visible_to(user).filter(vector=query)

    def ids_covered_by(self, ids):
        """The areas given, all below them and all that replaced any of those."""
        return _ids(BELOW_AND_AFTER, ids if isinstance(ids, models.QuerySet) else list(ids))

    def ids_covering(self, area):
        """The area given, all above it and all that it replaced: who serves one of these serves it."""
        return _ids(ABOVE_AND_BEFORE, [area.pk])

    def ids_covering_each(self, ids):
        """{id: ids_covering of that area}, for many areas in one statement."""
        with connection.cursor() as cursor:
            cursor.execute(EACH_ABOVE_AND_BEFORE, [list(ids)])
            return {start: set(covering) for start, covering in cursor.fetchall()}


class AreaManager(models.Manager.from_queryset(AreaQuerySet)):
    """Lists of areas stand on many pages, and shapes weigh 20 KB each: they are read where they are asked for."""

    def get_queryset(self):
        return super().get_queryset().defer("geometry", "vector")


class Area(Referenced, Versioned):
    """A part of the city as the police or its residents draw it: precinct, sector, beat, neighborhood."""

    LETTER = "A"

    code = models.CharField(_("code"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=120)
    aliases = models.JSONField(_("other names"), default=list, blank=True)
    level = models.CharField(
        _("level"), max_length=40, help_text=_("Precinct, sector, beat, neighborhood or your own word.")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    successors = models.ManyToManyField("self", through="Succession", symmetrical=False, related_name="predecessors")
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    geometry = models.JSONField(_("shape"), null=True, blank=True, help_text=_("GeoJSON MultiPolygon, WGS 84."))
    # What is remembered of a shape is remembered under this; PostgreSQL keeps it, whoever writes the shape.
    geometry_key = models.GeneratedField(
        expression=MD5(Cast("geometry", models.TextField())),
        output_field=models.CharField(max_length=32, null=True),
        db_persist=True,
    )
    west = models.FloatField(null=True, editable=False)
    south = models.FloatField(null=True, editable=False)
    east = models.FloatField(null=True, editable=False)
    north = models.FloatField(null=True, editable=False)
    inner_longitude = models.FloatField(null=True, editable=False)
    inner_latitude = models.FloatField(null=True, editable=False)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(_("year of the count"), null=True, blank=True)
    population_source = models.CharField(_("source of the count"), max_length=120, blank=True)
    neighbors = models.ManyToManyField("self", blank=True, editable=False)
    vector = SearchField("reference", "name", "code", "aliases::text")

    objects = AreaManager()

    class Meta:
        verbose_name = _("area")
        ordering = ["name", "id"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["level", "name"], condition=Q(valid_to=None), name="areas_one_current_area_of_a_name"
            ),
            # An area may end the day before it began: it was drawn by mistake and never in force.
            models.CheckConstraint(
                name="areas_valid_to_not_before_from",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from") - timedelta(days=1)),
            ),
        ]
        indexes = [models.Index(fields=["west", "east", "south", "north"], name="areas_area_box")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("areas:area_detail", args=[self.reference])

    @property
    def is_current(self):
        """In force today."""
        today = timezone.localdate()
        return (self.valid_from is None or self.valid_from <= today) and (
            self.valid_to is None or self.valid_to >= today
        )

    @property
    def shape(self):
        """The shapely shape, or None for an area that nobody has drawn."""
        return shape_of(self.geometry) if self.geometry else None

    def draw(self, shape):
        """Take over a tidy MultiPolygon (areas.shapes.tidy) with the box around it and a point surely inside."""
        inner = shape.representative_point()
        self.geometry = shapes.geojson(shape)
        self.west, self.south, self.east, self.north = shape.bounds
        self.inner_longitude, self.inner_latitude = inner.x, inner.y

    def call(self, name):
        """Give the area another name; the old one stays findable among the other names."""
        if name != self.name:
            self.aliases = [self.name, *(other for other in self.aliases if other not in (self.name, name))]
            self.name = name


class Succession(models.Model):
    """One area took over ground from another, on a day: boundaries are redrawn, records stay where they were made."""

    predecessor = models.ForeignKey(Area, models.PROTECT, related_name="+")
    successor = models.ForeignKey(Area, models.PROTECT, related_name="+")
    on = models.DateField(_("on"), default=timezone.localdate)

    class Meta:
        verbose_name = _("succession of areas")
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="areas_one_succession_of_a_pair"),
            models.CheckConstraint(name="areas_no_area_succeeds_itself", condition=~Q(predecessor=F("successor"))),
        ]

    def __str__(self):
        return f"{self.predecessor} → {self.successor}"


class VenueQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Every member of staff may know every room."""
        return self

    def active(self):
        return self.filter(active=True)

    def search(self, user, text):
        """Rooms whose name, address or reference match every word."""
        query = search_query(text)
        return self.none() if query is None else self.visible_to(user).filter(vector=query)


class Venue(Referenced, Versioned):
    """A room where people can meet, with what they must know before they come."""

    LETTER = "P"

    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(_("address"), max_length=200, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="venues", verbose_name=_("area"))
    neutral = models.BooleanField(_("neutral ground"), default=False, help_text=_("Not a police building."))
    step_free = models.BooleanField(_("step-free"), default=False)
    transport = models.CharField(_("how to get there"), max_length=200, blank=True)
    capacity = models.PositiveSmallIntegerField(_("people it holds"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    active = models.BooleanField(_("in use"), default=True)
    vector = SearchField("reference", "name", "address")

    objects = VenueQuerySet.as_manager()

    class Meta:
        verbose_name = _("venue")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["name", "area"], name="areas_one_venue_of_a_name")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("areas:venue_detail", args=[self.reference])


class AlreadyBooked(Exception):
    """A room or a member of staff is taken at that time. The site shows what is in the way."""

    def __init__(self, what):
        super().__init__(str(what))
        self.what = what

    @property
    def told(self):
        """What stands at the field of a form that mends it."""
        return _("%(taken)s is booked at that time. Choose another time or place") % {"taken": self.what}


class BookingQuerySet(models.QuerySet):
    def overlapping(self, starts_at, ends_at):
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)

    @transaction.atomic
    def book(self, *, ref, starts_at, ends_at, venue=None, staff=()):
        """Take a room and people for a time, all or nothing; raises AlreadyBooked with what is in the way.

        The venue's and the users' rows are locked in the order of their keys, so that of two racing bookings one wins
        and none waits for the other in a circle. It is the weaker lock, which keeps nobody waiting who only writes a
        row that points to the venue or the person. Bookings of the same `ref` are replaced.
        """
        staff = sorted(staff, key=lambda user: user.pk)
        if venue is not None:
            Venue.objects.select_for_update(no_key=True).only("pk").get(pk=venue.pk)
        for user in staff:
            type(user)._base_manager.select_for_update(no_key=True).only("pk").get(pk=user.pk)
        self.release(ref=ref)
        taken = self.overlapping(starts_at, ends_at)
        if venue is not None and taken.filter(venue=venue).exists():
            raise AlreadyBooked(venue)
        for user in staff:
            if taken.filter(staff=user).exists():
                raise AlreadyBooked(user)
        rows = [Booking(ref=ref, starts_at=starts_at, ends_at=ends_at, staff=user) for user in staff]
        if venue is not None:
            rows.append(Booking(ref=ref, starts_at=starts_at, ends_at=ends_at, venue=venue))
        return self.bulk_create(rows)

    def release(self, *, ref):
        return self.filter(ref=ref).delete()


class Booking(models.Model):
    """A room or a member of staff is taken for a time, whatever feature asked for it. `ref` names what for."""

    ref = models.CharField(max_length=40)
    venue = models.ForeignKey(Venue, models.CASCADE, null=True, related_name="bookings")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="bookings")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(name="areas_booking_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="areas_booking_is_of_a_room_or_a_person",
                condition=Q(venue=None, staff__isnull=False) | Q(venue__isnull=False, staff=None),
            ),
        ]
        indexes = [
            models.Index(fields=["venue", "starts_at"], name="areas_booking_venue"),
            models.Index(fields=["staff", "starts_at"], name="areas_booking_staff"),
            models.Index(fields=["ref"], name="areas_booking_ref"),
        ]

    def __str__(self):
        return f"{self.ref} {self.starts_at:%Y-%m-%d %H:%M}"

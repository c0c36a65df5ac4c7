"""Reading a file of boundaries as another office made it: GeoJSON, with its fields under whatever names.

Each feature of the file becomes one Feature here, and a feature that cannot be used says why: none is dropped.
"""

import json
import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from shapely import MultiPolygon

from areas import shapes

MAX_BYTES = 200_000_000
MAX_PEOPLE = 2_147_483_647
# Ways to say "longitude and latitude". NAD 83 differs from WGS 84 by a meter or two.
DEGREES = re.compile(r"CRS84|EPSG:+(?:[\d.]*:)?(?:4326|4269)$", re.IGNORECASE)
# Byte order marks, zero-width spaces, overrides of the writing direction, halves of characters.
INVISIBLE = re.compile("[\ufeff\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
SAVE_AS_DEGREES = (
    "Save it in longitude and latitude (WGS 84), for example by: ogr2ogr -t_srs EPSG:4326 new.geojson FILE"
)


class Unreadable(Exception):
    """A file that holds no boundaries we can read; its text is one sentence for the person at the terminal."""


@dataclass
class Feature:
    """One area as the file tells it. Where `refusal` is filled it is not loaded, and that says why."""

    number: int
    name: str = ""
    code: str = ""
    parent: str = ""
    population: int | None = None
    shape: MultiPolygon | None = None
    in_degrees: bool = True
    refusal: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def label(self):
        return self.name or f"feature {self.number}"


@dataclass(frozen=True)
class Fields:
    """Under which names the file keeps what; "" where it does not."""

    name: str
    code: str = ""
    population: str = ""
    parent: str = ""

    def asked(self):
        return [name for name in (self.name, self.code, self.population, self.parent) if name]


def fold(name):
    """Names that differ only in case, spaces or the way accents are encoded are one name."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def read(path, fields, *, shapeless=False):
    """Every feature of a file, in order. `shapeless` takes areas without a shape too."""
    found = _features(_parse(path))
    _check_fields(found, fields)
    features = [_feature(number, raw, fields, shapeless) for number, raw in enumerate(found, start=1)]
    if sum(not feature.in_degrees for feature in features) * 2 > len(features):
        raise Unreadable(f"Its coordinates are not degrees. {SAVE_AS_DEGREES}")
    _refuse_twins(features)
    return features


def _parse(path):
    path = Path(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Unreadable(f"It is larger than {MAX_BYTES // 1_000_000} MB. Simplify its shapes first.")
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Unreadable(f"It cannot be opened: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Unreadable("It is not text in UTF-8, so it is no GeoJSON.") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise Unreadable("It is not JSON, so it is no GeoJSON.") from error
    except ValueError as error:
        raise Unreadable("It holds a number that is too long to read.") from error


def _features(parsed):
    kind = parsed.get("type") if isinstance(parsed, dict) else None
    if kind == "Topology":
        raise Unreadable("It is TopoJSON. Save it as GeoJSON.")
    found = parsed.get("features") if kind == "FeatureCollection" else [parsed] if kind == "Feature" else None
    if not isinstance(found, list):
        raise Unreadable("It is JSON but no GeoJSON FeatureCollection.")
    if not found:
        raise Unreadable("It holds no features.")
    crs = parsed.get("crs")
    named = _text((crs.get("properties") or {}).get("name")) if isinstance(crs, dict) else ""
    if named and not DEGREES.search(named):
        raise Unreadable(f"Its coordinates are in {named}. {SAVE_AS_DEGREES}")
    return found


def _properties(raw):
    """The fields of a feature; {} for one that has none, or is no feature at all."""
    properties = raw.get("properties") if isinstance(raw, dict) else None
    return properties if isinstance(properties, dict) else {}


def _check_fields(found, fields):
    present = {name for raw in found for name in _properties(raw)}
    missing = [name for name in fields.asked() if name not in present]
    if missing:
        has = ", ".join(sorted(present)[:40]) or "no fields at all"
        raise Unreadable(f"No feature has a field “{missing[0]}”. The file has: {has}.")


def _feature(number, raw, fields, shapeless):
    properties = _properties(raw)
    feature = Feature(number, *(_text(properties.get(name)) for name in (fields.name, fields.code, fields.parent)))
    if fields.population:
        _count_people(feature, properties.get(fields.population))
    if not isinstance(raw, dict) or raw.get("type") != "Feature":
        feature.refusal = "is no GeoJSON feature"
    elif not feature.name:
        feature.refusal = f"has no name in the field “{fields.name}”"
    elif len(feature.name) > 120 or len(feature.code) > 40:
        feature.name, feature.code = feature.name[:120], feature.code[:40]
        feature.refusal = "has a name longer than 120 characters or a code longer than 40"
    elif raw.get("geometry") is not None:
        _shape(feature, raw["geometry"])
    elif shapeless:
        feature.notes.append("has no shape: it is on no map and no point is found in it")
    else:
        feature.refusal = "has no shape (--shapeless takes it without one)"
    return feature


def _shape(feature, raw):
    try:
        feature.shape, mended = shapes.tidy(raw)
    except shapes.Unusable as why:
        feature.refusal = str(why)
        feature.in_degrees = not isinstance(why, shapes.NotDegrees)
    else:
        if mended:
            feature.notes.append(f"had an invalid shape, which was mended: {mended}")


def _text(value):
    """A name or code as text: 12 and 12.0 are "12"; what is neither text nor a number is no name."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    if isinstance(value, float):
        value = int(value) if math.isfinite(value) and value == int(value) else value
    # What the database or a reader would stumble over goes; space and control characters of any kind become one space.
    return " ".join(CONTROL.sub(" ", INVISIBLE.sub("", str(value))).split())


def _count_people(feature, value):
    """A population as a whole number; what is none is left unknown and said."""
    if value is None or value == "":
        return
    try:
        count = float(str(value).replace(",", "").replace(" ", ""))
        if isinstance(value, bool) or not 0 <= count <= MAX_PEOPLE or count != int(count):
            raise ValueError(value)
    except ValueError:
        feature.notes.append(f"has a population that is no whole number: “{str(value)[:40]}”; left unknown")
    else:
        feature.population = int(count)


def _refuse_twins(features):
    """Two areas of one name or one code: nobody can tell which is meant, so none of them is loaded."""
    for what, key in (("name", lambda feature: fold(feature.name)), ("code", lambda feature: fold(feature.code))):
        times = Counter(filter(None, map(key, features)))
        for feature in features:
            count = times[key(feature)]
            if count > 1 and not feature.refusal:
                feature.refusal = (
                    f"shares its {what} with {count - 1} other feature{'s' if count > 2 else ''} of the file"
                )

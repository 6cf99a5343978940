"""The time zones of the world, by the names that the IANA database gives them."""

import zoneinfo
from functools import cache

AREAS = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia"),
    *("Atlantic", "Australia", "Europe", "Indian", "Pacific"),
)
UTC = "UTC"


@cache
def zones_by_area() -> dict[str, list[str]]:
    """Area → the zones of its places: `Europe` → `["Europe/Amsterdam", …]`."""
    zones = sorted(zoneinfo.available_timezones())
    return {area: [zone for zone in zones if zone.startswith(f"{area}/")] for area in AREAS}


def find_zone(name: str) -> zoneinfo.ZoneInfo:
    """The zone of that name; UTC where this machine knows none such (any more)."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not found; no name of one; a folder
        return zoneinfo.ZoneInfo(UTC)

"""Counts as pictures: where each bar of a plot or sparkline stands, and the same in words.

Geometry only; templates/apikeys/includes/ draw it. Bars that are not empty are at least two units high.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apikeys.models import Outcome, UsagePeriod
from apikeys.usage.reports import Bucket

WIDTH, HEIGHT = 300.0, 160.0
TICKS = 4
LEAST_HEIGHT = 2.0
SPARK_HEIGHT, SPARK_STEP = 20.0, 3.2
# From below upwards, with the class that colours it. What was not valid is the caller's affair: as succeeded.
STACK = (
    ((Outcome.OK, Outcome.INVALID), "ok"),
    ((Outcome.REFUSED,), "refused"),
    ((Outcome.LIMITED,), "limited"),
    ((Outcome.FAILED,), "failed"),
)
PLACES = 5  # words below the time axis


@dataclass(frozen=True, slots=True)
class Part:
    """One colour of a bar."""

    css: str
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour or day. `x` and `width` are of what the pointer hits, `inner_*` of what is seen."""

    title: str
    x: str
    width: str
    inner_x: str
    inner_width: str
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars, the numbers beside them from above, the words below."""

    bars: list[Bar]
    scale: list[int]
    places: list[str]


def plot(buckets: Sequence[Bucket], period: UsagePeriod) -> Plot:
    """Lay out the buckets in a box of WIDTH by HEIGHT."""
    top = _round_up(max((bucket.total for bucket in buckets), default=0))
    width = WIDTH / max(len(buckets), 1)
    bars = [
        Bar(
            title=f"{_say_when(bucket.at, period)}: {_say_counts(bucket)}",
            x=f"{number * width:.2f}",
            width=f"{width:.2f}",
            inner_x=f"{(number + 0.14) * width:.2f}",
            inner_width=f"{0.72 * width:.2f}",
            parts=_parts(bucket, top),
        )
        for number, bucket in enumerate(buckets)
    ]
    step = max(len(buckets) - 1, 0) / (PLACES - 1)
    places = [
        _say_place(buckets[round(number * step)].at, period) for number in range(PLACES if buckets else 0)
    ]
    return Plot(bars, [top * number // TICKS for number in range(TICKS, -1, -1)], places)


def spark(by_day: Sequence[int]) -> str:
    """A stroke a day, as an SVG path in a box SPARK_HEIGHT high; an empty day has a base line of 1.

    One path for all of them: a list of 50 keys has 1,500 days.
    """
    top = max(by_day, default=0)
    heights = [max(count / top * SPARK_HEIGHT, LEAST_HEIGHT) if count else 1.0 for count in by_day]
    return "".join(
        f"M{round(SPARK_STEP * (number + 0.5), 1):g} {SPARK_HEIGHT:g}V{round(SPARK_HEIGHT - height, 1):g}"
        for number, height in enumerate(heights)
    )


def say_spark(by_day: Sequence[int], today: datetime) -> str:
    """The sparkline in words: `1,862 requests in 30 days, most on Thursday 5 November`."""
    total = sum(by_day)
    if not total:
        return f"No requests in {len(by_day)} days"
    busiest = max(range(len(by_day)), key=by_day.__getitem__)
    day = today - timedelta(days=len(by_day) - 1 - busiest)
    return f"{_say_requests(total)} in {len(by_day)} days, most on {day:%A} {day.day} {day:%B}"


def say_plot(buckets: Sequence[Bucket], period: UsagePeriod) -> str:
    """The plot in words: how many, and when what did not succeed was."""
    total = sum(bucket.total for bucket in buckets)
    span = f"{_say_when(buckets[0].at, period)} to {_say_when(buckets[-1].at, period)}" if buckets else ""
    if not total:
        return f"No requests from {span}."
    sentences = [f"{_say_requests(total)} from {span}."]
    for outcomes, words in (
        (Outcome.REFUSED, "refused"),
        (Outcome.LIMITED, "over the limit"),
        (Outcome.FAILED, "failed"),
    ):
        when = [bucket for bucket in buckets if bucket.outcomes[outcomes]]
        count = sum(bucket.outcomes[outcomes] for bucket in when)
        if count:
            last = _say_when(when[-1].at, period)
            where = f"all on {last}" if len(when) == 1 else f"the last on {last}"
            sentences.append(f"{count:,} {words}, {where}.")
    return " ".join(sentences)


def _parts(bucket: Bucket, top: int) -> list[Part]:
    parts: list[Part] = []
    floor = HEIGHT
    for outcomes, css in STACK:
        count = sum(bucket.outcomes[outcome] for outcome in outcomes)
        if count:
            height = max(count / top * HEIGHT, LEAST_HEIGHT)
            floor -= height
            parts.append(Part(css, f"{max(floor, 0):.1f}", f"{height:.1f}"))
    return parts


def _round_up(most: int) -> int:
    """A round number for the top of the scale, which TICKS divides."""
    power = 1
    while True:
        for step in (4, 8, 20):
            if most <= step * power:
                return step * power
        power *= 10


def _say_counts(bucket: Bucket) -> str:
    words = [_say_requests(bucket.total)]
    words += [
        f"{bucket.outcomes[outcome]:,} {name}"
        for outcome, name in (
            (Outcome.INVALID, "not valid"),
            (Outcome.REFUSED, "refused"),
            (Outcome.LIMITED, "over the limit"),
            (Outcome.FAILED, "failed"),
        )
        if bucket.outcomes[outcome]
    ]
    return ", ".join(words)


def _say_requests(count: int) -> str:
    return f"{count:,} request{'' if count == 1 else 's'}"


def _say_when(at: datetime, period: UsagePeriod) -> str:
    day = f"{at:%a} {at.day} {at:%B}"
    return f"{day}, {at:%H:%M}" if period == UsagePeriod.HOUR else day


def _say_place(at: datetime, period: UsagePeriod) -> str:
    day = f"{at.day} {at:%b}"
    return f"{day}, {at:%H:%M}" if period == UsagePeriod.HOUR else day

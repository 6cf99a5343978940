"""After the load: every acknowledged write is there, nothing that ended lets in, and all counts are exact."""

import re
from collections import Counter
from typing import Any
from urllib.request import urlopen

from tests.drill.load.apps import Connection
from tests.drill.load.files import Files
from tests.drill.load.keys import Keys
from tests.drill.load.people import Person
from tests.drill.load.world import LET_IN, World

KIND = "what is there in the end"
REQUESTS = re.compile(r'^craft_requests_total\{.*status="(\d+)"\} (\d+)', re.MULTILINE)
COUNTED = """
from django.db.models import Sum
from accounts.models import Activity
from apikeys.models import APIKeyTry, APIKeyUsage
usage = APIKeyUsage.objects.filter(period=given).values_list("key__uid", "outcome")
answer = {
    "usage": list(usage.annotate(Sum("requests"))),
    "tries": list(APIKeyTry.objects.values_list("key__uid", "reason").annotate(Sum("requests"))),
    "events": list(Activity.objects.values_list("user__email", "event")),
}
"""
GUESSED = "wrong_secret"


def requests_measured(port: int) -> Counter[int]:
    """How many requests the metrics know of, by status; but for a probe's."""
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    found: Counter[int] = Counter()
    for status, count in REQUESTS.findall(text):
        found[int(status)] += int(count)
    return found


def check_all(world: World, everybody: list[tuple[Person, Keys, Files, list[Connection]]]) -> None:
    """The state first, by calls, then what was counted of all calls."""
    for person, keys, files, connections in everybody:
        for key in keys.all:
            for secret in key.secrets:
                person.read_me(KIND, secret)
        for session in person.sessions:
            person.read_me(KIND, session)
        for family in (each for connection in connections for each in connection.kept):
            for access in family.access:
                person.read_me(KIND, access)
        for path in files.contents:
            files.check(path, person.session())
        check_lists(person, keys, files)
        answer = person.use(KIND, person.session(), "GET", "/v1/auth")
        if answer.status == LET_IN:
            left = answer.data["rateLimit"]
            check_count(world, f"calls of {person.email}", left["limit"] - left["remaining"], person.calls)


def check_lists(person: Person, keys: Keys, files: Files) -> None:
    """No key, project or deployment that was acknowledged is missing, and there are no others."""
    lists = {
        "/v1/projects": {files.path.rpartition("/")[2]},
        f"{files.path}/deployments": {each.uid for each in files.deployments if True in each.live.now()},
        "/v1/api-keys": {key.uid for key in keys.all if True in key.live.now()},
    }
    for path, expected in lists.items():
        answer = person.use(KIND, person.session(), "GET", f"{path}?limit=100", "admin")
        if answer.status == LET_IN:
            check_count(person.world, path, {row["id"] for row in answer.data}, expected)


def check_counts(world: World, everybody: list[tuple[Person, Keys, Files, list[Connection]]]) -> None:
    """Uses of each key by outcome, refused tries, and the security log; once all is written."""
    found = world.server.shell.ask(COUNTED, "day")
    usage, tries = Counter[Any](), Counter[Any]()
    for uid, outcome, count in found["usage"]:
        usage[uid, outcome] += count
    for uid, reason, count in found["tries"]:
        tries[uid] += count if reason != GUESSED else 0
    for person, keys, *_ in everybody:
        for key in keys.all:
            for outcome, count in key.counted.items():
                check_count(world, f"{outcome} uses of {key.uid}", usage[key.uid, outcome], count)
        events = Counter(event for email, event in found["events"] if email == person.email)
        for event, count in person.events.items():
            check_count(world, f"{event} of {person.email}", events[event], count)
    guesses = sum(count for _, reason, count in found["tries"] if reason == GUESSED)
    check_count(world, "guesses", guesses, sum(keys.guesses for _, keys, *_ in everybody))


def check_count(world: World, what: str, found: Any, expected: Any) -> None:
    """Both are the same, or it is a fault."""
    if found != expected:
        world.fault(KIND, f"{what}: {found}, not {expected}")

"""Metrics: what is counted, under which words, and that no label grows with users."""

import json
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase
from pytest_django import Settings

from accounts.mail import outbox
from accounts.models import User
from accounts.utils import occurrences
from api.projects.models import Project
from apikeys.models import APIKey
from craft.metrics import definitions, gauges, worker
from craft.metrics.batch import BUFFER
from tests.commands import run
from tests.fixtures import PASSWORD
from tests.mailbox import mailbox
from tests.sessions import known_browser_of

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy" / "prometheus-rules.yml"
TROUBLE = Path(__file__).parent / "alerts.yml"
DASHBOARD = ROOT / "deploy" / "grafana-dashboard.json"
Key = tuple[APIKey, str]
Counted = Callable[..., float]


@pytest.fixture
def counted(settings: Settings) -> Iterator[Counted]:
    """Metrics are on; gives how much one has grown since."""
    settings.MIDDLEWARE = ["craft.metrics.middleware.MetricsMiddleware", *settings.MIDDLEWARE]
    occurrences.listen(worker.note)
    BUFFER.discard()
    before = {(each.name, *sorted(each.labels.items())): each.value for each in samples()}

    def grown(name: str, **labels: str) -> float:
        BUFFER.flush()
        now = REGISTRY.get_sample_value(name, labels) or 0.0
        return now - float(before.get((name, *sorted(labels.items())), 0.0))

    yield grown
    occurrences.ignore(worker.note)
    BUFFER.discard()


def samples() -> list[Any]:
    return [
        sample
        for metric in REGISTRY.collect()
        if metric.name.startswith("craft_")
        for sample in metric.samples
    ]


def ask(path: str, token: str | None = None, method: str = "GET", **extra: Any) -> int:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    status: int = Client().generic(method, path, headers=headers, **extra).status_code
    return status


def test_a_request_is_counted_by_route_method_and_status_and_its_time_is_taken(
    counted: Counted, alice: User, read_only: Key
) -> None:
    project = Project.objects.create(owner=alice, name="Harbour")
    path = f"/v1/projects/{project.uid}"
    assert (ask(path, read_only[1]), ask(path, read_only[1], "DELETE")) == (200, 403)
    route = "/v1/projects/{id}"
    assert counted("craft_requests_total", route=route, method="GET", status="200") == 1
    assert counted("craft_requests_total", route=route, method="DELETE", status="403") == 1
    assert counted("craft_request_seconds_count", route=route, method="GET") == 1
    assert counted("craft_request_seconds_bucket", route=route, method="GET", le="+Inf") == 1
    assert counted("craft_request_seconds_sum", route=route, method="GET") > 0
    assert counted("craft_credentials_total", kind="api_key", outcome="accepted") == 2


def test_pages_are_counted_by_their_pattern(counted: Counted, alice_browser: Client, read_only: Key) -> None:
    alice_browser.handler = Client().handler  # with the middleware of now
    assert alice_browser.get(f"/settings/api-keys/{read_only[0].uid}/").status_code == 200
    labels = {"route": "/settings/api-keys/{uid}/", "method": "GET", "status": "200"}
    assert counted("craft_requests_total", **labels) == 1


@pytest.mark.parametrize(
    ("token", "kind", "reason"),
    [
        (None, "none", "No credential"),
        (
            "craft_key_0123456789ab_x",
            "api_key",
            "The token looks incomplete or mistyped. Copy it again in full",
        ),
        ("craft_oat_x", "oauth", "The token looks incomplete or mistyped. Copy it again in full"),
        ("hunter2", "other", "The token is invalid"),
    ],
)
def test_a_refused_call_is_counted_by_what_it_came_with_and_why(
    counted: Counted, db: None, token: str | None, kind: str, reason: str
) -> None:
    assert ask("/v1/me", token) == 401
    assert counted("craft_credentials_total", kind=kind, outcome="refused") == 1
    assert counted("craft_unauthorized_total", reason=reason) == 1


def test_what_a_limit_refuses_is_counted_by_whose_it_is(
    counted: Counted, settings: Settings, read_only: Key
) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "free": (1, 1, 1), "address": (1,), "oauth": (1,)}
    for token in (read_only[1], None):
        assert (ask("/v1/me", token), ask("/v1/me", token)) == ((200 if token else 401), 429)
    assert [ask("/v1/oauth/token", method="POST") for _ in range(2)] == [400, 429]
    for limit in ("user", "address", "oauth"):
        assert counted("craft_limited_total", limit=limit) == 1
    assert counted("craft_token_requests_total", outcome="invalid_request") == 2


def test_sign_ins_are_counted_by_how_they_end(counted: Counted, alice: User) -> None:
    browser = Client()
    browser.cookies.load(known_browser_of(alice))
    for password in ("wrong", PASSWORD):
        browser.post("/login/", {"login": alice.email, "password": password})
    for _ in range(7):
        Client().post("/login/", {"login": "nobody@example.com", "password": "wrong"})
    assert counted("craft_sign_ins_total", outcome="ok") == 1
    assert counted("craft_sign_ins_total", outcome="wrong password") == 1 + 5
    assert counted("craft_sign_ins_total", outcome="too many tries") == 2


@pytest.mark.matrix  # starts a process
def test_what_alerts_compare_failures_with_is_there_from_the_start() -> None:
    code = (
        "from craft.metrics import definitions; import prometheus_client as client;"
        "print(client.generate_latest().decode())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    begun = {line for line in done.stdout.splitlines() if re.match(r"craft_\w+_total{", line)}
    assert begun == {
        'craft_credentials_total{kind="api_key",outcome="accepted"} 0.0',
        'craft_credentials_total{kind="oauth",outcome="accepted"} 0.0',
        'craft_credentials_total{kind="session",outcome="accepted"} 0.0',
        'craft_sign_ins_total{outcome="ok"} 0.0',
        'craft_token_requests_total{outcome="ok"} 0.0',
    }


def test_before_its_first_run_housekeeping_has_ended_at_0(db: None) -> None:
    definitions.HOUSEKEEPING_ENDED.set(1)
    gauges.look()
    assert REGISTRY.get_sample_value("craft_housekeeping_end_timestamp_seconds") == 0


def test_mails_and_housekeeping_and_connections_are_looked_up(counted: Counted, alice: User) -> None:
    outbox.queue("oauth/email/token_reuse", to=alice.email, context={"name": "Alice", "app_name": "Acme"})
    gauges.look()
    assert REGISTRY.get_sample_value("craft_mails_waiting") == 1
    assert len(mailbox()) == 1
    assert counted("craft_mails_total", outcome="sent") == 1
    run("housekeeping")
    gauges.look()
    assert REGISTRY.get_sample_value("craft_mails_waiting") == 0
    assert (REGISTRY.get_sample_value("craft_housekeeping_end_timestamp_seconds") or 0) > 1e9
    assert REGISTRY.get_sample_value("craft_housekeeping_did", {"what": "sessions"}) is not None
    if connection.vendor == "postgresql":
        assert (REGISTRY.get_sample_value("craft_database_connections") or 0) >= 1


def test_uses_that_wait_to_be_written_are_told(counted: Counted, read_only: Key) -> None:
    ask("/v1/me", read_only[1])
    ask("/v1/me", read_only[1])  # the first use of a secret is written at once
    gauges.look()
    assert (REGISTRY.get_sample_value("craft_usage_buffered", {"of": "keys"}) or 0) >= 1


@pytest.mark.matrix
def test_no_label_grows_with_what_callers_choose(counted: Counted, db: None) -> None:
    def call() -> None:
        odd = secrets.token_hex(6)
        for path in (f"/{odd}", f"/v1/{odd}", f"/v1/projects/{odd}", f"/static/{odd}", f"/settings/{odd}/"):
            ask(path, f"craft_key_{odd}_{odd}", odd.upper())
            ask(path, odd, "GET", HTTP_HOST=f"{odd}.preview.localhost:8000")
            ask(path, f"craft_oat_{odd}", "POST", HTTP_HOST=f"{odd}.example")
        ask("/v1/oauth/token", method="POST", data=f"grant_type={odd}&client_id={odd}".encode())
        BUFFER.flush()

    for _ in range(2):
        call()
    labels = [str(sorted(each.labels.items())) for each in samples()]
    for _ in range(3):
        call()
    assert [str(sorted(each.labels.items())) for each in samples()] == labels


@pytest.mark.matrix  # starts a process
def test_without_a_port_nothing_of_it_is_imported() -> None:
    code = (
        "import craft.wsgi, sys; sys.exit('prometheus_client' in sys.modules or 'sentry_sdk' in sys.modules)"
    )
    given = {"CRAFT_ENV_FILE": "", "SECRET_KEY": "0123456789abcdef" * 4}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=given, check=True)


# --- Alerts and dashboard


def used_in(text: str) -> set[str]:
    return set(re.findall(r"\bcraft_[a-z_]+", text))


def test_alerts_and_dashboard_name_metrics_that_there_are() -> None:
    known = {each.name for each in samples()}
    for metric in vars(definitions).values():
        if isinstance(metric, MetricWrapperBase):
            (described,) = metric.describe()
            known |= {described.name, f"{described.name}_total", f"{described.name}_bucket"}
    expressions = "\n".join(
        target["expr"] for panel in json.loads(DASHBOARD.read_text())["panels"] for target in panel["targets"]
    )
    assert len(used_in(expressions)) > 10
    assert used_in(expressions) | used_in(RULES.read_text()) <= known


def test_each_alert_has_a_paragraph_for_who_is_woken_by_it() -> None:
    alerts = re.findall(r"- alert: (\w+)", RULES.read_text())
    page = (ROOT / "docs" / "operating.md").read_text()
    assert len(alerts) > 5
    assert re.findall(r"^### (Craft\w+)$", page, re.MULTILINE) == alerts


@pytest.mark.matrix  # starts a process
@pytest.mark.parametrize("arguments", [["check", "rules", RULES], ["test", "rules", TROUBLE]])
def test_prometheus_takes_the_rules_and_they_wake_somebody_for_trouble_alone(arguments: list[str]) -> None:
    if not (promtool := shutil.which("promtool")):
        pytest.skip("promtool is missing (Debian package prometheus)")
    checked = subprocess.run([promtool, *arguments], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr

"""The containers and units of deploy/, without an engine: what they say, and their commands run for real."""

import json
import re
import shutil
import string
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_django.live_server_helper import LiveServer

from tests.deploy.nginx import NGINX, needs_nginx
from tests.e2e.secure import make_certificate

DEPLOY = Path(__file__).parents[2] / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
NAMES = {"WEB_HOST": "shop.test", "API_HOST": "api.shop.test", "PREVIEW_HOST": "shop-pages.test"}


def test_what_the_image_copies_is_let_through_and_nothing_else_of_ours() -> None:
    """Whatever the .dockerignore leaves out is missing when the image is built."""
    ignored, *allowed = [
        line
        for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert ignored == "*"
    taken = {line.removeprefix("!") for line in allowed if line.startswith("!")}
    named = re.findall(r"^COPY (?!--from)(?!\. )(.+) \S+$", DOCKERFILE, re.MULTILINE)
    assert len(named) == 2
    assert {path for line in named for path in line.split()} <= taken
    packages = {each.parent.name for each in DEPLOY.parent.glob("*/__init__.py")} - {"tests"}
    assert taken >= packages | {"static", "templates", "manage.py"}
    assert all((DEPLOY.parent / path).exists() for path in taken)


def test_the_image_has_a_user_of_its_own_and_no_build_tools() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert "USER 10001:10001" in last
    assert not re.search(r"apt-get|pip install|\bgcc\b|COPY \. ", last)
    assert re.search(r"pip uninstall .*\bpip\b", last)


def test_the_health_check_tells_a_server_that_answers_from_none(live_server: LiveServer) -> None:
    (command,) = re.findall(r"^HEALTHCHECK .*CMD (\[.+\])$", DOCKERFILE, re.MULTILINE)
    _, *arguments = json.loads(command)

    def check(port: str) -> int:
        here = [each.replace("8000", port) for each in arguments]
        return subprocess.run([sys.executable, *here], capture_output=True, check=False).returncode

    assert check(live_server.url.rpartition(":")[2]) == 0
    assert check("1") == 1


@pytest.mark.parametrize("name", ["web", "migrate", "housekeeping"])
def test_what_runs_craft_may_write_nothing_but_files_and_its_tmp(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert (service["tmpfs"], service["volumes"]) == (["/tmp"], ["files:/opt/craft/data/files"])  # noqa: S108  of the container
    assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
    assert "privileged" not in service
    assert "ports" not in service


def test_nginx_alone_is_reached_from_outside_and_two_replicas_wait_for_the_migrations() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert SERVICES["web"]["deploy"]["replicas"] == 2
    assert SERVICES["web"]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    used = {volume.partition(":")[0] for each in SERVICES.values() for volume in each.get("volumes", [])}
    assert {volume for volume in used if not volume.startswith(".")} == set(COMPOSE["volumes"])


@needs_nginx
def test_its_nginx_has_your_names_and_the_replicas(tmp_path: Path) -> None:
    shell, options, script = SERVICES["nginx"]["command"]
    write, _, start = script.partition(" && exec ")
    assert start.startswith("nginx -c /tmp/nginx.conf ")
    write = string.Template(write).substitute(NAMES)
    write = write.replace("/etc/nginx/craft.conf", str(DEPLOY / "nginx.conf"))
    written = tmp_path / "nginx.conf"
    subprocess.run(
        [shell, options, write.replace("/tmp/nginx.conf", str(written))],  # noqa: S108  of the container
        check=True,
    )
    text = written.read_text()
    assert "example" not in re.sub(r"#.*", "", text)
    assert set(re.findall(r"server_name (.+);", text)) == {
        "api.shop.test",
        "shop.test",
        "shop-pages.test *.shop-pages.test",
        "_",
    }
    assert "server web:8000;" in text
    # The names of the replicas and of the certificates are of the containers; all else nginx judges.
    certificate, key = make_certificate(tmp_path)
    text = re.sub(r"/etc/ssl/\S+\.pem", str(certificate), text)
    text = re.sub(r"/etc/ssl/\S+\.key", str(key), text).replace("web:8000", "127.0.0.1:8000")
    text = text.replace("/run/", f"{tmp_path}/").replace("/var/log/nginx/", f"{tmp_path}/")
    written.write_text(text)
    assert NGINX
    done = subprocess.run(
        [NGINX, "-t", "-c", str(written)], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.matrix  # starts a process
def test_systemd_takes_the_units_and_finds_them_shut(tmp_path: Path) -> None:
    if not (systemd := shutil.which("systemd-analyze")):
        pytest.skip("systemd-analyze is missing (Debian package systemd)")  # its units are for Debian alone
    units = []
    for unit in (DEPLOY / "systemd").iterdir():
        units.append(tmp_path / unit.name)
        here = unit.read_text().replace("/opt/craft/.venv/bin/python", sys.executable)
        units[-1].write_text(here)
    checked = subprocess.run([systemd, "verify", *units], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    services = [unit for unit in units if unit.suffix == ".service"]
    assert len(services) == 2
    shut = subprocess.run(
        [systemd, "security", "--offline=true", "--threshold=20", "--no-pager", *services],  # of 100
        capture_output=True,
        text=True,
        check=False,
    )
    assert shut.returncode == 0, shut.stdout

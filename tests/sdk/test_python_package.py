"""The Python SDK as its users get it: built, installed into an empty folder, used there; and its README."""

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from craft_sdk import CraftClient, __version__
from tests.e2e.server import ROOT
from tests.sdk.python import Account
from tests.sdk.server import Craft

pytestmark = pytest.mark.server
SDK = ROOT / "sdk" / "python"
README = (SDK / "README.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
USE = """
import craft_sdk
print(craft_sdk.__file__)
with craft_sdk.CraftClient() as craft:
    print(craft.me.get().email)
"""
CHECKED = """
from craft_sdk import AsyncCraftClient, CraftClient, Project


def first(craft: CraftClient) -> str | None:
    project: Project = craft.projects.list(sort="name")[0]
    return project.template


async def total(craft: AsyncCraftClient) -> int:
    return (await craft.files.list("proj_1")).total


reveal_type(CraftClient().me.get().name)
CraftClient().projects.list(sort="nonsense")
"""


def run(*command: str | Path, cwd: Path, **environ: str) -> str:
    """What a Python command prints."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "NO_PROXY": "127.0.0.1", **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel that was made from it."""
    folder = tmp_path_factory.mktemp("dist")
    run("-m", "build", "--no-isolation", "--outdir", folder, SDK, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def installed(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the installed wheel and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    (wheel,) = packages.glob("*.whl")
    pip = ("pip", "install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check")
    run("-m", *pip, "--target", folder, wheel, cwd=folder)
    return folder


def test_both_packages_hold_the_library_and_nothing_else(packages: Path) -> None:
    (sdist,) = packages.glob("*.tar.gz")
    (wheel,) = packages.glob("*.whl")
    paths = [path for path in (SDK / "src").rglob("*") if path.suffix == ".py" or path.name == "py.typed"]
    sources = {path.relative_to(SDK / "src").as_posix() for path in paths}

    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        (metadata,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        text = archive.read(metadata).decode()
    assert names == sources
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    extra = {"README.md", "pyproject.toml", "PKG-INFO", ".gitignore"}
    assert names - extra == {f"src/{name}" for name in sources}

    assert f"Version: {__version__}\n" in text
    assert "Requires-Python: >=3.10\n" in text
    assert re.findall("^Requires-Dist: (.*)$", text, re.MULTILINE) == ["httpx<1,>=0.27"]


def test_the_wheel_works_from_an_empty_folder(
    craft: Craft, account: Account, installed: Path, tmp_path: Path
) -> None:
    environ = {"PYTHONPATH": str(installed), "CRAFT_API_KEY": account.key, "CRAFT_BASE_URL": craft.url}

    printed = run("-c", USE, cwd=tmp_path, **environ).split()

    assert printed == [str(installed / "craft_sdk" / "__init__.py"), account.email]


@pytest.mark.long
@pytest.mark.variant  # that it says it is typed is asked of the files, the types by `make check`
def test_users_of_the_wheel_get_its_types(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(CHECKED)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "use.py"]

    environ = {"PATH": os.environ["PATH"], "MYPYPATH": str(installed)}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)

    assert 'Revealed type is "str"' in done.stdout.replace("builtins.", "")
    (error,) = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert "nonsense" in error


def test_every_example_of_the_readme_runs_alone(
    craft: Craft, account: Account, admin_token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = craft.new_app(redirect_uri="https://yourapp.com/callback")
    (tmp_path / "sea.tiff").write_bytes(bytes(1_000_000))
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "CRAFT_API_KEY": account.key,
        "CRAFT_BASE_URL": craft.url,
        "CRAFT_WEB_URL": craft.url,
        "CLIENT_ID": app.client_id,
        "CLIENT_SECRET": app.client_secret or "",
    }.items():
        monkeypatch.setenv(name, value)

    def run_alone(number: int, example: str) -> dict[str, Any]:
        names: dict[str, Any] = {"__name__": "__main__"}
        exec(compile(example, f"README.md, example {number}", "exec"), names)  # noqa: S102  our own example
        return names

    made: dict[str, Any] = {}
    # In a thread, because Playwright keeps an event loop in this one, beside which asyncio.run() starts none.
    with ThreadPoolExecutor(1) as thread:
        for number, example in enumerate(EXAMPLES):
            made |= thread.submit(run_alone, number, example).result()

    assert (tmp_path / "copy.tiff").read_bytes() == bytes(1_000_000)
    session: dict[str, Any] = {}
    url = made["connect"](session)
    assert made["callback"](session, craft.person(account.email).answer(url, "allow")) == "Alice Owner"
    assert (tmp_path / "tokens.json").stat().st_mode & 0o077 == 0
    made["oauth"].revoke()
    assert not (tmp_path / "tokens.json").exists()
    made["oauth"].close()
    with CraftClient(access_token=admin_token) as admin:
        key = admin.api_keys.create(name="Of the README", permission="read-only")
        new = made["begin"](admin, key.id)
        assert not made["finish"](admin, key.id, datetime.now(UTC)), "nobody has used the new secret"
        with CraftClient(new.key) as program:
            program.me.get()
        assert made["finish"](admin, key.id, datetime.now(UTC))
        assert admin.api_keys.get(key.id).rotation is None
        assert made["finish"](admin, key.id, datetime.now(UTC)), "it has ended"


def test_the_readme_names_every_error_and_every_method() -> None:
    import craft_sdk
    from craft_sdk._sync.resource import Resource

    for name in craft_sdk.__all__:
        value = getattr(craft_sdk, name)
        if isinstance(value, type) and issubclass(value, craft_sdk.CraftError):
            assert f"`{name}`" in README
    with craft_sdk.CraftClient(access_token=_example_token()) as client:
        resources = {name: value for name, value in vars(client).items() if isinstance(value, Resource)}
    for name, resource in resources.items():
        (row,) = re.findall(rf"^\| `craft\.{name}` \| (.*) \|$", README, re.MULTILINE)
        methods = [each for each in vars(type(resource)) if not each.startswith("_")]
        assert re.findall("`([a-z_]+)`", row) == methods


def _example_token() -> str:
    from apikeys.tokens import Kind, generate

    return generate(Kind.ACCESS_TOKEN).raw

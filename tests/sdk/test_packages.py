"""`make sdk-packages`: what it builds is installed as the READMEs say, into nothing, and makes a call."""

import os
import re
import shutil
import site
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.server import ROOT
from tests.sdk import node
from tests.sdk.python import Account
from tests.sdk.server import Craft

# What is in the packages is asked of them one by one elsewhere; this one builds all of it, which takes long.
pytestmark = [pytest.mark.server, pytest.mark.long, pytest.mark.variant]

IN_JAVASCRIPT = """
import { CraftClient } from "@craft/sdk";
console.log((await new CraftClient().me.get()).email);
"""
IN_PYTHON = """
from craft_sdk import CraftClient
with CraftClient() as craft:
    print(craft.me.get().email)
"""
# No registry is asked: npm's package needs nothing, and httpx, which pip's needs, is lent by this one.
OFFLINE = {"npm_config_offline": "true", "npm_config_audit": "false", "npm_config_fund": "false"}
OFFLINE |= {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def run(*command: str | Path, cwd: Path, **environ: str) -> str:
    """What a command prints; it must not fail."""
    done = subprocess.run(
        command, cwd=cwd, env=os.environ | OFFLINE | environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def installing(sdk: str) -> str:
    """How its README says that it is installed: the first block for a shell."""
    readme = (ROOT / "sdk" / sdk / "README.md").read_text()
    (code,) = re.findall(r"^```sh\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    assert "../craft/sdk/dist/" in code
    return str(code)


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the built packages where a copy of the repository, named craft, has them."""
    if not shutil.which("make"):
        pytest.skip("the packages were not built: that takes make")
    if missing := node.what_is_missing():
        pytest.skip(missing)
    folder = tmp_path_factory.mktemp("beside")
    run("make", "--silent", "sdk-packages", f"PACKAGES={folder}/craft/sdk/dist", cwd=ROOT, MAKEFLAGS="")
    return folder


def test_the_javascript_package_is_installed_as_its_readme_says(
    craft: Craft, account: Account, beside: Path
) -> None:
    project = beside / "javascript"
    project.mkdir()
    run("bash", "-ec", installing("javascript"), cwd=project)
    (project / "use.js").write_text(IN_JAVASCRIPT)

    environ = {"CRAFT_API_KEY": account.key, "CRAFT_BASE_URL": craft.url}

    assert run("node", "use.js", cwd=project, **environ) == f"{account.email}\n"


def test_the_python_package_is_installed_as_its_readme_says(
    craft: Craft, account: Account, beside: Path
) -> None:
    project = beside / "python"
    run(sys.executable, "-m", "venv", project, cwd=beside)
    (packages,) = project.glob("lib/python*/site-packages")
    path = f"{project / 'bin'}{os.pathsep}{os.environ['PATH']}"
    run("bash", "-ec", installing("python"), cwd=project, PATH=path)
    (packages / "lent.pth").write_text("\n".join(site.getsitepackages()))
    (project / "use.py").write_text(IN_PYTHON + "import craft_sdk\nprint(craft_sdk.__file__)\n")

    environ = {"CRAFT_API_KEY": account.key, "CRAFT_BASE_URL": craft.url}
    printed = run("bin/python", "use.py", cwd=project, PATH=path, PYTHONPATH="", **environ).split()

    assert printed == [account.email, str(packages / "craft_sdk" / "__init__.py")]

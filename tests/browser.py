"""Find the Chromium that the browser tests drive, or get one: `python -m tests.browser` prints its path.

Looked for in this order: the variable CHROMIUM, what `make test` has npm install, a browser on PATH,
Playwright's own, Debian's package.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

NAMES = (
    # Made by tests/chromium/unpack.js. The same engine without a window: a page takes a third of the time.
    str(Path(__file__).parent / "chromium/node_modules/headless_shell"),
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = (
    "No Chromium that starts was found, and none could be installed. Install one (Debian, Ubuntu: "
    "apt-get install chromium), or set CHROMIUM to the path of a Chromium or Chrome."
)


def on_path() -> str | None:
    """The browser of this machine: CHROMIUM if set, else the first of NAMES."""
    given = os.environ.get("CHROMIUM")
    return given or next((path for name in NAMES if (path := shutil.which(name))), None)


def playwrights_own() -> str:
    """Where Playwright keeps the Chromium it installs, whether it is there or not."""
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def starts(path: str | None) -> bool:
    """Whether a browser at `path` shows a word: some distributions have a stub of that name, some no font."""
    if not path:
        return False
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            page = browser.new_page()
            page.set_content("<span>Craft</span>")
            has_width: bool = page.evaluate("document.querySelector('span').offsetWidth > 0")
            browser.close()
        except Error:
            return False
    return has_width


def run(*command: str) -> None:
    """Run an installer, its output on stderr; whether it worked shows when the browser is started."""
    print("Installing a browser:", *command, file=sys.stderr)
    subprocess.run(command, stdout=sys.stderr, check=False)


def candidates() -> Iterator[str | None]:
    """Paths to try, the cheapest to get first."""
    yield os.environ.get("CHROMIUM")
    yield from map(shutil.which, NAMES)
    yield playwrights_own()
    run(sys.executable, "-m", "playwright", "install", "chromium")
    yield playwrights_own()
    if os.geteuid() == 0 and shutil.which("apt-get"):
        run("apt-get", "-q", "update")
        for name in ("chromium-headless-shell", "chromium"):
            run("apt-get", "-qy", "install", "--no-install-recommends", name, "fonts-dejavu-core")
            yield shutil.which(name)


def main() -> None:
    """Print the path of a browser that starts, or exit with a sentence."""
    given = os.environ.get("CHROMIUM")
    if given and not starts(given):
        sys.exit(f"CHROMIUM is {given!r}, which is no Chromium that starts.")
    path = next(filter(starts, candidates()), None)
    if path is None:
        sys.exit(MISSING)
    print(path)


if __name__ == "__main__":
    main()

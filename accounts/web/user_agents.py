"""Short names for User-Agent headers: "Chrome 131 on Linux", "curl/8.5"."""

import re

# The first that matches names the browser: later ones claim to be earlier ones too.
BROWSERS = (
    ("Edge", re.compile(r"\bEdgA?i?(?:OS)?/(\d+)")),
    ("Opera", re.compile(r"\bOPR/(\d+)")),
    ("Samsung Internet", re.compile(r"\bSamsungBrowser/(\d+)")),
    ("Firefox", re.compile(r"\b(?:Firefox|FxiOS)/(\d+)")),
    ("Chrome", re.compile(r"\b(?:Headless)?(?:Chrome|CriOS|Chromium)/(\d+)")),
    ("Safari", re.compile(r"\bVersion/(\d+)[\d.]* (?:Mobile/\S+ )?Safari/")),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
PRODUCT = re.compile(r"([^\s/();]{1,40})(?:/v?(\d+(?:\.\d+)?)[^\s]*)?")


def program_name(agent: str) -> str:
    """Name the program behind a User-Agent header; "" when it sent none.

    A browser is called by name, major version and system, any other program by its first product
    and at most two numbers of its version. The header is what the caller says: a hint, not a proof.
    """
    for browser, pattern in BROWSERS:
        if "Mozilla/" in agent and (match := pattern.search(agent)):
            system = next((name for sign, name in SYSTEMS if sign in agent), "")
            return f"{browser} {match[1]}{f' on {system}' if system else ''}"
    match = PRODUCT.match(agent.partition("(compatible; ")[2] or agent.strip())
    if not match:
        return agent.strip()[:40]
    return f"{match[1]}/{match[2]}" if match[2] else match[1]

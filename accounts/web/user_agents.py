"""Short names for User-Agent headers: "Chrome 131 on Linux", "curl/8.5". For pages and mails."""

import re

import ua_parser

# Of ua-parser's names: words that say the kind of device, and names that people know otherwise.
KINDS = ("Mobile", "iOS", "WebView", "UI/WKWebView")
KNOWN_AS = {"HeadlessChrome": "Chrome", "Mac OS X": "macOS", "Chrome OS": "ChromeOS"}
PHONES = ("iOS", "Android", "Windows Phone")
PRODUCT = re.compile(r"([^\s/();]{1,40})(?:/v?(\d+(?:\.\d+)?)[^\s]*)?")


def program_name(agent: str) -> str:
    """Name the program behind a User-Agent header; "" when it sent none.

    A browser is called by name, major version and system, any other program by its first product
    and at most two numbers of its version. The header is what the caller says: a hint, not a proof.
    """
    says_what_it_is = not agent.startswith("Mozilla/") or "(compatible; " in agent
    browser = None if says_what_it_is else ua_parser.parse_user_agent(agent)
    if browser is not None and browser.family != "Other":
        words = (word for word in browser.family.split() if word not in KINDS)
        name = " ".join(words) or browser.family
        system = _system_name(agent)
        version = f" {browser.major}" if browser.major else ""
        return f"{KNOWN_AS.get(name, name)}{version}{f' on {system}' if system else ''}"
    match = PRODUCT.match(agent.partition("(compatible; ")[2] or agent.strip())
    if not match:
        return agent.strip()[:40]
    return f"{match[1]}/{match[2]}" if match[2] else match[1]


def is_phone(agent: str) -> bool:
    """Whether a browser says that it runs on a phone or tablet."""
    system = ua_parser.parse_os(agent)
    return system is not None and system.family in PHONES


def _system_name(agent: str) -> str:
    """What the browser says it runs on; of Apple's small ones which."""
    system = ua_parser.parse_os(agent)
    if system is None or system.family == "Other":
        return ""
    if system.family == "iOS":
        return next((name for name in ("iPad", "iPhone") if name in agent), "iOS")
    return KNOWN_AS.get(system.family, system.family)

import pytest

from accounts.web.user_agents import program_name

SAFARI = "Version/17.4 Safari/605.1.15"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/131.0.0.0 Safari/537.36", "Chrome 131 on Linux"),
        (
            f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/131.0.0.0 Safari/537.36",
            "Chrome 131 on Linux",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/131.0.0.0 Edg/131.0.2.5",
            "Edge 131 on Windows",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 14) {WEBKIT} Chrome/131.0.0.0 Mobile Safari/537.36",
            "Chrome 131 on Android",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko/20100101 Firefox/133.0",
            "Firefox 133 on macOS",
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 {SAFARI}",
            "Safari 17 on macOS",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Version/17.4 Mobile/15E148 Safari/604.1",
            "Safari 17 on iPhone",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) {WEBKIT} Version/4.0 Chrome/131.0.0.0 Mobile",
            "Chrome 131 on Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) FxiOS/133.0 Mobile/15E1 Safari/605.1",
            "Firefox 133 on iPhone",
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} {SAFARI} Ddg/18.1",
            "DuckDuckGo 18 on macOS",
        ),
        ("Mozilla/5.0", "Mozilla/5.0"),
        ("curl/8.5.0", "curl/8.5"),
        ("python-requests/2.32.3", "python-requests/2.32"),
        ("Python-urllib/3.11", "Python-urllib/3.11"),
        ("node", "node"),
        ("CraftSync/v2", "CraftSync/2"),
        ("Mozilla/5.0 (compatible; SomeBot/1.0; +http://example.com)", "SomeBot/1.0"),
        ("(odd)", "(odd)"),
        ("x" * 200, "x" * 40),
        ("", ""),
    ],
)
def test_a_program_is_called_by_a_short_name(agent: str, name: str) -> None:
    assert program_name(agent) == name

"""Whose address a request has: forwarded headers count only as far as trusted proxies wrote them."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from accounts.web.client import Client, client_network, client_of


def client(remote: str = "10.0.0.1", forwarded: str | None = None, agent: str | None = None) -> Client:
    request = RequestFactory().get("/", REMOTE_ADDR=remote)
    if forwarded is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    if agent is not None:
        request.META["HTTP_USER_AGENT"] = agent
    return client_of(request)


@pytest.mark.parametrize("forwarded", ["203.0.113.7", "203.0.113.7, 10.0.0.2", "::1", "unknown", ""])
def test_without_a_trusted_proxy_forwarded_headers_are_ignored(forwarded: str) -> None:
    assert client("198.51.100.9", forwarded).ip == "198.51.100.9"


@pytest.mark.parametrize(
    ("count", "forwarded", "address"),
    [
        (1, "203.0.113.7", "203.0.113.7"),
        # What the client sent itself stands to the left of what the proxies added.
        (1, "127.0.0.1, 203.0.113.7", "203.0.113.7"),
        (1, "1.1.1.1, 2.2.2.2, 203.0.113.7", "203.0.113.7"),
        (2, "203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "127.0.0.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (1, "  203.0.113.7  ", "203.0.113.7"),
        (1, "2001:DB8:0:0::7", "2001:db8::7"),
        (1, "::ffff:203.0.113.7", "203.0.113.7"),
        # Not all proxies were passed, or one wrote no address: the connection is the only truth.
        (2, "203.0.113.7", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "203.0.113.7,", "10.0.0.1"),
        (1, "unknown", "10.0.0.1"),
        (1, "203.0.113.7; DROP TABLE", "10.0.0.1"),
        (1, None, "10.0.0.1"),
    ],
)
def test_a_trusted_proxys_entry_is_the_address(
    settings: Settings, count: int, forwarded: str | None, address: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = count
    assert client("10.0.0.1", forwarded).ip == address


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("2001:0DB8::0007", "2001:db8::7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("", None),  # a socket has no address
        ("unix:", None),
        ("999.1.1.1", None),
    ],
)
def test_an_address_has_one_spelling_or_is_unknown(remote: str, address: str | None) -> None:
    assert client(remote).ip == address


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("curl/8.5", "curl/8.5"),
        (None, ""),
        ("  Bot\x00\r\n\u202e/1.0  ", "Bot/1.0"),
        ("x" * 5000, "x" * 200),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_the_agent_is_printable_and_at_most_200_characters(sent: str | None, kept: str) -> None:
    assert client(agent=sent).agent == kept


@pytest.mark.parametrize(
    ("remote", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::7", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("unix:", None),
    ],
)
def test_a_limit_counts_an_ipv6_address_by_its_64(remote: str, network: str | None) -> None:
    assert client_network(RequestFactory().get("/", REMOTE_ADDR=remote)) == network

"""Tokens in the middle of other text, such as a line of a log that somebody pastes."""

import pytest

from apikeys.tokens import Kind, find_word, generate, holds_secret


@pytest.mark.parametrize("kind", list(Kind))
def test_a_token_is_found_in_a_line_and_known_to_hold_a_secret(kind: Kind) -> None:
    raw = generate(kind).raw
    for line in (raw, f"  {raw}\n", f'Authorization: Bearer {raw}" 401', f"first {raw}, then more"):
        assert find_word(line) == raw
        assert holds_secret(line)


@pytest.mark.parametrize("text", ["", "Reports bot", "alice@example.com", "key_0123456789abcdef"])
def test_a_text_without_a_token_has_neither(text: str) -> None:
    assert find_word(text) is None
    assert not holds_secret(text)


def test_the_shown_beginning_of_a_key_holds_no_secret_and_a_part_of_the_rest_does() -> None:
    raw = generate(Kind.API_KEY).raw
    assert not holds_secret(f"craft_key_{raw[10:22]}")
    assert holds_secret(raw[:40])

"""The token format: what is made is read back, and what was damaged is refused before any look-up."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apikeys import tokens
from apikeys.tokens import Kind, MalformedToken

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Also characters that look the same or that a shell, an editor or a chat adds.
TYPED = st.sampled_from(ALPHABET + "_- .\n\t\0\u00e9\u0430\u200b\uff11")


def a_token(kind: Kind, public_id: str, secret: str) -> str:
    body = f"craft_{kind}_{public_id}_{secret}"
    return body + tokens.checksum(body)


def raw_tokens() -> st.SearchStrategy[str]:
    def text(length: int) -> st.SearchStrategy[str]:
        return st.text(ALPHABET, min_size=length, max_size=length)

    return st.builds(a_token, st.sampled_from(Kind), text(12), text(32))


def refuse(text: str) -> MalformedToken:
    with pytest.raises(MalformedToken) as refusal:
        tokens.parse(text)
    return refusal.value


@pytest.mark.parametrize("kind", Kind)
def test_a_generated_token_has_the_documented_shape_and_is_read_back(kind: Kind) -> None:
    token = tokens.generate(kind)
    assert re.fullmatch(rf"craft_{kind}_[0-9A-Za-z]{{12}}_[0-9A-Za-z]{{38}}", token.raw)
    assert tokens.parse(token.raw) == token
    assert tokens.shown_id(kind, token.public_id) == token.raw[:22]


def test_the_kinds_are_spelled_as_documented() -> None:
    assert [*Kind] == ["key", "oat", "ort", "oac", "ocs"]


def test_no_two_generated_tokens_share_a_public_id_or_a_secret() -> None:
    made = [tokens.generate(Kind.API_KEY) for _ in range(1000)]
    assert len({token.public_id for token in made}) == 1000
    assert len({token.raw[23:55] for token in made}) == 1000


def test_the_checksum_is_crc32_in_six_base62_digits_padded_with_zero() -> None:
    # 0xCBF43926, the check value of CRC-32/ISO-HDLC, and the empty text's 0.
    assert tokens.checksum("123456789") == "3jZRME"
    assert tokens.checksum("") == "000000"


def test_a_known_token_is_read_the_same_for_ever() -> None:
    token = tokens.parse("craft_key_8Fq2kT7mWc1Z_0123456789ABCDEFGHIJKLMNOPQRSTUV1sNz9Q")
    assert (token.kind, token.public_id) == (Kind.API_KEY, "8Fq2kT7mWc1Z")
    assert token.digest.hex() == "7f976b899423c1d0639732f2669c398642a0e6ad0ae2023a4debc8c2ff3ee783"


@given(raw_tokens())
def test_every_token_is_read_back(raw: str) -> None:
    token = tokens.parse(raw)
    assert token.raw == raw
    assert raw.startswith(f"craft_{token.kind}_{token.public_id}_")


@given(raw_tokens(), st.data())
def test_every_change_of_one_character_is_refused(raw: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(raw) - 1))
    new = data.draw(TYPED.filter(lambda character: character != raw[at]))
    refuse(raw[:at] + new + raw[at + 1 :])


@pytest.mark.matrix  # each length
@given(raw_tokens())
def test_every_truncation_is_refused_at_either_end(raw: str) -> None:
    for length in range(len(raw)):
        refuse(raw[:length])
        refuse(raw[length + 1 :])


@given(raw_tokens(), st.data())
def test_every_missing_character_is_refused(raw: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(raw) - 1))
    refuse(raw[:at] + raw[at + 1 :])


@pytest.mark.matrix  # each character at each place
@given(raw_tokens(), TYPED, st.data())
def test_every_inserted_character_is_refused(raw: str, new: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(raw)))
    refuse(raw[:at] + new + raw[at:])


@pytest.mark.matrix  # each pair
@given(raw_tokens(), st.data())
def test_every_swap_of_two_unequal_characters_is_refused(raw: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(raw) - 1))
    others = [at for at in range(len(raw)) if raw[at] != raw[first]]
    second = data.draw(st.sampled_from(others))
    swapped = list(raw)
    swapped[first], swapped[second] = raw[second], raw[first]
    refuse("".join(swapped))


@given(st.text())
def test_other_text_is_refused_and_said_to_be_no_token_of_ours(text: str) -> None:
    assert refuse(text).looks_cut == text.startswith("craft_")


def test_a_refusal_says_whether_the_text_looks_like_a_cut_token_but_does_not_repeat_it() -> None:
    raw = tokens.generate(Kind.API_KEY).raw
    cut = refuse(raw[:-1])
    assert (cut.looks_cut, str(cut)) == (True, "looks incomplete or mistyped")
    other = refuse("ghp_" + raw[6:])
    assert (other.looks_cut, str(other)) == (False, "is not a Craft token")


def test_example_tokens_of_the_documentation_are_never_valid() -> None:
    assert refuse("craft_key_8Fq2kT7mWc1Z_" + "0" * 32 + "XXXXXX").looks_cut
    # Six base62 digits reach further than 32 bits do: no text has the checksum XXXXXX.
    assert ALPHABET.index("X") * (62**6 - 1) // 61 > 0xFFFFFFFF


@given(raw_tokens(), raw_tokens())
def test_the_pattern_finds_tokens_in_any_text(first: str, second: str) -> None:
    text = f'export CRAFT_API_KEY="{first}"\n{{"token":"Bearer {second}"}} craft_key_short'
    assert [match[0] for match in tokens.PATTERN.finditer(text)] == [first, second]


def test_a_tokens_repr_holds_neither_the_token_nor_its_secret() -> None:
    token = tokens.generate(Kind.API_KEY)
    assert repr(token) == f"Token(kind=<Kind.API_KEY: 'key'>, public_id='{token.public_id}')"
    assert token.raw[23:] not in str(token)

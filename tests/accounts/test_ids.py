"""Random text for ids and secrets."""

from accounts.utils.ids import BASE62, new_id, random_base62


def test_each_place_of_a_random_text_takes_every_character() -> None:
    texts = [random_base62(20) for _ in range(2000)]
    assert {len(text) for text in texts} == {20}
    assert all(set(place) == set(BASE62) for place in zip(*texts, strict=True))


def test_an_id_says_what_it_is_of() -> None:
    prefix, _, text = new_id("user").partition("_")
    assert (prefix, len(text), set(text) <= set(BASE62)) == ("user", 16, True)

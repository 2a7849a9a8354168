from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from tests.search.sets import Query, cut_short, digest, misspelt

WORDS = st.lists(st.text("abcdEFG'-12", min_size=1, max_size=9), min_size=1, max_size=5).map(" ".join)


def query(text: str) -> Query:
    return Query(text, ("A00",))


@given(WORDS)
def test_a_misspelt_query_has_one_edit_in_one_word_whose_first_letter_stays(text: str) -> None:
    for typo in misspelt([query(text)]):
        assert OSA.distance(text, typo.text) == 1
        assert [word[0] for word in typo.text.split()] == [word[0] for word in text.split()]
        assert typo.codes == ("A00",)


def test_a_typo_is_a_letter_less_a_letter_more_another_letter_or_two_in_the_wrong_order() -> None:
    texts = [f"fever {number}" for number in range(100)]
    typos = [typo.text for typo in misspelt(list(map(query, texts)))]
    kinds = {(len(typo) - len(text), sorted(typo) == sorted(text)) for text, typo in zip(texts, typos, strict=True)}
    assert kinds == {(-1, False), (1, False), (0, False), (0, True)}


def test_only_words_of_five_letters_are_misspelt_and_cut() -> None:
    assert misspelt([query("eye 12345 pain"), query("T2DM")]) == []
    assert cut_short([query("fever pain"), query("type 12345")]) == []


@given(st.sampled_from(["", "acute ", "type 2 "]), st.text("abcde", min_size=5, max_size=12))
def test_the_last_word_is_cut_to_three_or_four_letters_while_it_is_typed(before: str, last: str) -> None:
    [cut] = cut_short([query(before + last)])
    assert cut.text in (before + last[:3], before + last[:4])
    assert cut.as_typed


def test_a_query_is_changed_in_the_same_way_whatever_stands_beside_it() -> None:
    texts = ["enteric fever", "swimming pool granuloma", "broken collarbone"]
    queries = [query(text) for text in texts]
    alone = [changed for one in queries for derive in (misspelt, cut_short) for changed in derive([one])]
    together = [changed for derive in (misspelt, cut_short) for changed in derive(queries)]
    assert set(alone) == set(together)


def test_a_digest_tells_sets_apart_but_not_their_order() -> None:
    one, other = Query("fever", ("R50.9", "R50")), query("cholera")
    assert digest([one, other]) == digest([other, Query("fever", ("R50", "R50.9"))])
    different = ([one], [one, query("cholerA")], [one, Query("cholera", ("A00.9",))], [one, Query("cholera", (), True)])
    assert len({digest([one, other]), *map(digest, different)}) == 5

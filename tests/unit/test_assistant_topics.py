"""The model of topics: it is the one that its wordings and the code make, and reads words that it never saw."""

from datetime import date

import pytest

from services.assistant.question import Topic
from services.assistant.understanding.features import BUCKETS, features
from services.assistant.understanding.linear_model import LinearModel
from services.assistant.understanding.message import parse
from services.assistant.understanding.topic_model import model
from services.assistant.understanding.topics import place
from tests.assistant.training import WORDINGS, placed, read_wordings

TODAY = date(2026, 3, 10)


def test_the_model_places_the_wordings_that_it_learned_from() -> None:
    """Fails where the wordings, or how a message is taken apart, changed and `make assistant-model` was not run."""
    wordings = [wording for file in sorted(WORDINGS.glob("*.tsv")) for wording in read_wordings(file)]
    wordings = wordings[::4]
    wrong = [wording for wording in wordings if placed(model(), wording) not in wording.topics]

    assert len(wrong) < len(wordings) * 0.01, [wording.message for wording in wrong[:20]]


def test_a_model_is_the_same_after_it_was_kept_in_a_file() -> None:
    small = LinearModel(("FIND", "FEE"), (0.1, -0.2), 0.01, bytes(range(256)) * (BUCKETS * 2 // 256))

    assert LinearModel.unpacked(small.packed(), BUCKETS) == small


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("would Q99.8 sail thru on a clean claim on its own", Topic.BILLABLE),
        ("pls spell out Z99.89 for me", Topic.CODE),
        ("G0442 plus G0443 on one day, do they cancel each other", Topic.PAIR),
        ("how many G0442 a day before medicare balks", Topic.MUE),
        ("whats G0442 worth in dollars", Topic.FEE),
        ("write me a sonnet on denials", Topic.OUT_OF_SCOPE),
    ],
)
def test_unseen_words_are_placed_by_those_like_them(text: str, topic: Topic) -> None:
    assert place(parse(text, TODAY)).topic is topic


def test_what_was_asked_before_counts() -> None:
    message = parse("and in the hospital?", TODAY)

    assert features(message, Topic.MUE) != features(message)
    assert place(message, Topic.MUE).topic is None


def test_an_empty_message_has_features_and_is_placed() -> None:
    assert place(parse("", TODAY)).among([Topic.FIND, Topic.FEE]) in (Topic.FIND, Topic.FEE)

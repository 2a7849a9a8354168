"""Where messages part into questions: as they are marked, and in words that were never seen."""

from datetime import date

import pytest

from services.assistant.understanding.seams import part, seams
from services.assistant.understanding.splitting import split
from tests.assistant.training import MESSAGES, TODAY, read_marked


def test_messages_are_parted_as_they_are_marked() -> None:
    """Fails where the messages, or how they are read, changed and `make assistant-model` was not run."""
    messages = [message for file in sorted(MESSAGES.glob("*.txt")) for message in read_marked(file)][::8]
    wrong = [message.message for message in messages if part(message.message, TODAY) != message.parts]

    assert len(wrong) < len(messages) * 0.04, wrong[:20]


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("Q99.8 title, plus is G0442 ok with G0443?", ["Q99.8 title", "is G0442 ok with G0443?"]),
        (
            "She burned her tongue on hot soup, which code? And how many units of G0442 does Medicare take a day?",
            [
                "She burned her tongue on hot soup, which code?",
                "how many units of G0442 does Medicare take a day?",
            ],
        ),
        ("1) POS 49 name\n2) fee of G0442", ["POS 49 name", "fee of G0442"]),
        ("Is G0442 bundled with G0443, and if so would 59 help?", None),
        ("closed fracture of the left ulna, first visit, and she is diabetic - which code for the arm?", None),
        ("HCC of Q99.8, G12.21 and D57.1?", None),
    ],
)
def test_unseen_messages_part_where_a_further_question_begins(text: str, questions: list[str] | None) -> None:
    assert split(text, date(2026, 3, 10)) == (questions or [text])


@pytest.mark.parametrize("text", ["", "?", "E11.9", "8:30 on 7/1/24", "1,000 units"])
def test_within_codes_and_numbers_nothing_parts(text: str) -> None:
    assert seams(text) == []
    assert part(text, TODAY) == [text]


def test_a_message_of_nothing_but_seams_is_looked_at_in_part() -> None:
    assert len(seams("a, " * 1300)) < 100
    assert "".join(part("a, " * 1300, TODAY)) == "a, " * 1300

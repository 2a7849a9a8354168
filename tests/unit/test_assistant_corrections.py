"""Messages in which somebody takes back what he wrote."""

import pytest

from services.assistant.understanding.corrections import without_corrected


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("45378 with 45385, no wait 45380 with 45385, 7/16/24", "45380 with 45385, 7/16/24"),
        ("can I78.0... no wait, can I43 be first", "can I43 be first"),
        ("fee 99213 no wait 99214 in Dallas", "fee 99214 in Dallas"),
        ("11042 with 97597 on 8/1/24, no wait 11043 with 97597", "11043 with 97597 on 8/1/24"),
        ("99213 and 20610 with 25, i mean 99214", "99214 and 20610 with 25"),
        ("20610 with 99213-25 on 8/1/24, I mean 8/5/24 ok?", "20610 with 99213-25 on 8/5/24  ok?"),
        ("modifier 25 \u2014 sorry, 59 \u2014 on 97597", "modifier 59  \u2014 on 97597"),
        ("is E11.9 billable, sorry, E11.65", "is E11.65 billable"),
        ("what I mean is: can 11042 go with 97597", "what I mean is: can 11042 go with 97597"),
        ("no wait, 45380 with 45385", "no wait, 45380 with 45385"),
    ],
)
def test_what_is_taken_back_is_left_out(text: str, meant: str) -> None:
    assert without_corrected(text) == meant

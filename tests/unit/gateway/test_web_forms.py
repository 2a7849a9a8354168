import pytest
from starlette.requests import Request
from starlette.types import Message

from services.gateway.web import forms
from services.runtime.errors import FieldViolation, Kind, Refusal, invalid, unavailable


def request(*chunks: bytes) -> Request:
    waiting = list(chunks)

    async def receive() -> Message:
        body = waiting.pop(0) if waiting else b""
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    return Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive)


async def test_a_form_is_read_as_browsers_send_it() -> None:
    typed = await forms.read(
        request(b"email=a%40example.org&scopes=codes&sco", b"pes=pages&text=a+b%0D%0A%C3%A9&empty=")
    )

    assert typed["email"] == "a@example.org"
    assert typed.getlist("scopes") == ["codes", "pages"]
    assert (typed["text"], typed["empty"]) == ("a b\r\né", "")


async def test_the_longest_note_fits_into_a_form() -> None:
    note = "%F0%9D%92%B3" * 2_000

    assert (await forms.read(request(f"text={note}&next=%2F".encode())))["text"] == "𝒳" * 2_000


@pytest.mark.parametrize(
    "body",
    [b"x=" + b"y" * 40_000, b"x=%FF", b"x=\xff", b"&".join(b"x=y" for _ in range(50))],
    ids=lambda body: body[:6],
)
async def test_what_is_no_form_of_ours_is_refused(body: bytes) -> None:
    with pytest.raises(Refusal, match="expected a form"):
        await forms.read(request(body))


def test_a_refused_field_is_told_beside_that_field() -> None:
    assert forms.failure(invalid("email", "expected an e-mail address"), {}) == forms.Failure(
        400, {"email": "Expected an e-mail address."}
    )
    both = Refusal(
        Kind.INVALID,
        "INVALID_ARGUMENT",
        "",
        fields=(FieldViolation("name", "expected a name"), FieldViolation("scopes", "expected one. Which?")),
    )
    assert forms.failure(both, {}).faults == {"name": "Expected a name.", "scopes": "Expected one. Which?"}


def test_a_form_may_word_a_reason_itself() -> None:
    refusal = Refusal(Kind.UNAUTHENTICATED, "WRONG_CREDENTIALS", "The address or the password is wrong.")

    assert forms.failure(refusal, {}).faults == {"": "The address or the password is wrong."}
    assert forms.failure(refusal, {"WRONG_CREDENTIALS": ("password", "No.")}) == forms.Failure(401, {"password": "No."})


def test_an_outage_says_that_nothing_is_known_to_have_happened() -> None:
    failure = forms.failure(unavailable("Redis is away."), {})

    assert failure.status == 503
    assert "did not go through" in failure.faults[""]


def test_when_to_try_again_is_kept() -> None:
    refusal = Refusal(Kind.EXHAUSTED, "TOO_MANY_ATTEMPTS", "Try again in 15 minutes.", retry_after=900)

    assert forms.failure(refusal, {}) == forms.Failure(429, {"": "Try again in 15 minutes."}, 900)

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from services.runtime.tokens import AccessToken, Signer, TokenRefused, Verifier

SIGNER = Signer(bytes(range(32)))
NOW = datetime(2026, 4, 1, 12, 0, 0, 250_000, tzinfo=UTC)
TOKEN = AccessToken("member:1", "member", "s1", NOW, NOW + timedelta(minutes=5))
CLAIMS = {"iss": "codingahead", "sub": "member:1", "sid": "s1", "plan": "subscriber", "iat": 1, "exp": 9e9}


def test_a_token_is_read_as_it_was_signed() -> None:
    assert Verifier([SIGNER.public_key]).read(SIGNER.sign(TOKEN)) == TOKEN


def test_one_of_several_keys_is_enough_while_keys_are_changed() -> None:
    old = Signer(bytes(32))

    assert Verifier([SIGNER.public_key, old.public_key]).read(old.sign(TOKEN)) == TOKEN


def test_a_token_that_has_ended_is_read_too() -> None:
    ended = replace(TOKEN, expires_at=NOW - timedelta(days=1))

    assert Verifier([SIGNER.public_key]).read(SIGNER.sign(ended)) == ended


@pytest.mark.parametrize(
    "forge",
    [
        lambda token: "",
        lambda token: "a.b.c",
        lambda token: token[:-2],
        lambda token: token.rpartition(".")[0] + ".",
        lambda token: "x" + token,
        lambda token: Signer(bytes(32)).sign(TOKEN),
        lambda token: jwt.encode(CLAIMS, "", "none", headers={"kid": jwt.get_unverified_header(token)["kid"]}),
        # The public key is no secret: taken for a shared one, anyone could sign with it.
        lambda token: jwt.encode(
            CLAIMS, SIGNER.public_key, "HS256", headers={"kid": jwt.get_unverified_header(token)["kid"]}
        ),
    ],
    ids=["empty", "nothing", "cut", "unsigned", "altered", "another key", "algorithm none", "shared secret"],
)
def test_a_forged_token_is_refused(forge: object) -> None:
    text = forge(SIGNER.sign(TOKEN))  # type: ignore[operator]

    with pytest.raises(TokenRefused):
        Verifier([SIGNER.public_key]).read(text)


@pytest.mark.parametrize("microsecond", [0, 1, 999, 123_499, 123_500, 999_999])
def test_a_token_is_not_dated_later_than_it_was_issued(microsecond: int) -> None:
    issued = NOW.replace(microsecond=microsecond)

    read = Verifier([SIGNER.public_key]).read(SIGNER.sign(replace(TOKEN, issued_at=issued)))

    assert issued - timedelta(milliseconds=1) < read.issued_at <= issued


@pytest.mark.parametrize("missing", ["iss", "sub", "sid", "plan", "iat", "exp"])
def test_a_token_that_leaves_something_out_is_refused(missing: str) -> None:
    key = SIGNER._key
    kid = jwt.get_unverified_header(SIGNER.sign(TOKEN))["kid"]
    claims = {name: value for name, value in CLAIMS.items() if name != missing}

    with pytest.raises(TokenRefused):
        Verifier([SIGNER.public_key]).read(jwt.encode(claims, key, "EdDSA", headers={"kid": kid}))


@pytest.mark.parametrize("key", ["", "short", "ä" * 43])
def test_what_is_no_key_is_refused_at_the_start(key: str) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Verifier([key])

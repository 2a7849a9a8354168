import unicodedata

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from services.accounts.passwords import LONGEST, SHORTEST, Passwords
from services.runtime.errors import Kind, Refusal

EMAIL = "ada.lovelace@example.org"
GOOD = "violet harbour teapot"
PASSWORDS = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


async def refused(password: str) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        await PASSWORDS.check(password, EMAIL, "new_password")
    assert refusal.value.kind is Kind.INVALID
    assert refusal.value.fields[0].field == "new_password"
    return refusal.value


@pytest.mark.parametrize("password", [GOOD, "kx8#Tq!vw2", "Übermut grüßt Zwerge", "четыре быстрых лодки"])
async def test_a_password_that_is_not_easily_guessed_is_good(password: str) -> None:
    await PASSWORDS.check(password, EMAIL, "password")


@pytest.mark.parametrize("length", [0, 1, SHORTEST - 1, LONGEST + 1, 4 * LONGEST])
async def test_a_password_too_short_or_too_long_is_refused(length: int) -> None:
    assert f"{SHORTEST} to {LONGEST} characters" in (await refused((GOOD * 25)[:length])).message


@pytest.mark.parametrize("control", ["\x00", "\n", "\t", "\x7f", "\x85"])
async def test_control_characters_are_refused(control: str) -> None:
    assert "control characters" in (await refused(f"{GOOD}{control}")).message


@pytest.mark.parametrize(
    "password", ["password1234", "qwertyuiop123", "aaaaaaaaaaaa", "ada.lovelace1", "codingahead2026"]
)
async def test_a_password_that_is_easily_guessed_is_refused(password: str) -> None:
    assert "not easily guessed" in (await refused(password)).message


async def test_a_refusal_says_why_and_what_would_be_better() -> None:
    message = (await refused("abcabcabcabc")).message

    assert "Repeats like" in message
    assert "Add another word or two." in message


async def test_a_long_password_is_judged_by_its_beginning() -> None:
    await PASSWORDS.check("seven muddy trumpets and nine crooked lanterns " * 2, EMAIL, "password")
    assert "not easily guessed" in (await refused("x9 " * 8 + GOOD)).message


async def test_a_password_is_verified_by_its_hash_and_nothing_else() -> None:
    password_hash = await PASSWORDS.hash(GOOD)

    assert await PASSWORDS.verify(password_hash, GOOD)
    for wrong in ("", GOOD.upper(), GOOD + " ", GOOD * 10_000):
        assert not await PASSWORDS.verify(password_hash, wrong)
    assert not await PASSWORDS.verify(None, GOOD)


async def test_equal_passwords_have_different_hashes() -> None:
    assert await PASSWORDS.hash(GOOD) != await PASSWORDS.hash(GOOD)


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=40))
async def test_a_password_is_the_same_however_its_characters_are_composed(password: str) -> None:
    password_hash = await PASSWORDS.hash(unicodedata.normalize("NFD", password))

    assert await PASSWORDS.verify(password_hash, unicodedata.normalize("NFC", password))


async def test_a_hash_of_other_parameters_is_outdated_and_still_verified() -> None:
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    password_hash = await PASSWORDS.hash(GOOD)

    assert await stronger.verify(password_hash, GOOD)
    assert stronger.is_outdated(password_hash)
    assert not PASSWORDS.is_outdated(password_hash)


async def test_by_default_hashes_are_argon2id_as_rfc_9106_recommends() -> None:
    assert (await Passwords().hash(GOOD)).startswith("$argon2id$v=19$m=65536,t=3,p=4$")

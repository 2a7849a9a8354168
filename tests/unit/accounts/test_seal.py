from hypothesis import given
from hypothesis import strategies as st

from services.accounts.seal import Seal, derive_key, signer_of

SECRET = "a secret of accounts for tests, of 32 bytes and more"
SEAL = Seal(derive_key(SECRET, "letters"))
TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("0123456789abcdef."), max_size=80)


@given(TEXTS)
def test_what_was_sealed_is_opened(text: str) -> None:
    assert SEAL.open(SEAL.close(text)) == text


@given(TEXTS, st.data())
def test_what_was_altered_anywhere_is_not_opened(text: str, data: st.DataObject) -> None:
    sealed = SEAL.close(text)
    begin = data.draw(st.integers(0, len(sealed)))
    end = data.draw(st.integers(begin, len(sealed)))
    altered = sealed[:begin] + data.draw(TEXTS) + sealed[end:]

    assert altered == sealed or SEAL.open(altered) is None


@given(TEXTS)
def test_what_was_made_up_is_not_opened(text: str) -> None:
    assert SEAL.open(text) is None


def test_a_seal_for_one_purpose_is_none_for_another() -> None:
    another = Seal(derive_key(SECRET, "refresh tokens"))

    assert another.open(SEAL.close("1")) is None


def test_the_same_secret_makes_the_same_keys_and_another_others() -> None:
    assert signer_of(SECRET).public_key == signer_of(SECRET).public_key
    assert signer_of(SECRET).public_key != signer_of(SECRET + "x").public_key
    assert derive_key(SECRET, "letters") != derive_key(SECRET, "attempts")

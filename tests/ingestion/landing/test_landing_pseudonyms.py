"""Authors become keyed pseudonyms: the same person stays the same, and the key stays out of reach."""

import hashlib
import hmac
import stat

import pyarrow as pa
import pytest

from ingestion.home import Home
from ingestion.landing.pseudonyms import EMAIL, KEY_VARIABLE, Pseudonyms, load_pseudonyms

KEY = b"a key for tests only"


def test_a_pseudonym_is_the_hmac_of_platform_and_lower_case_id():
    made = Pseudonyms(KEY).of(
        pa.array(["x", "X", "reddit", "x", "x"]), pa.array(["Ann", " ann", "Ann", None, ""])
    )
    expected = hmac.new(KEY, b"x:ann", hashlib.sha256).hexdigest()[:32]
    assert made[0].as_py() == made[1].as_py() == expected == Pseudonyms(KEY).one("x", "ANN")
    assert made[2].as_py() not in (None, expected)
    assert made[3:].to_pylist() == [None, None]


def test_an_address_has_one_name_space_and_what_is_none_stays_null():
    made = Pseudonyms(KEY).within(
        EMAIL,
        pa.array(["Ann@Example.org ", "ann@example.org", "ann", "a@b@c", "Ann <ann@example.org>", None]),
    )
    expected = hmac.new(KEY, b"email:ann@example.org", hashlib.sha256).hexdigest()[:32]
    assert made.to_pylist() == [expected, expected, None, None, None, None]


def test_another_key_makes_other_pseudonyms():
    assert Pseudonyms(KEY).one("x", "ann") != Pseudonyms(KEY[::-1]).one("x", "ann")


def test_the_key_is_made_once_and_readable_by_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    home = Home(root=tmp_path, config=tmp_path / "listening.yml")
    first, again = load_pseudonyms(home), load_pseudonyms(home)
    assert first.one("x", "ann") == again.one("x", "ann")
    assert stat.S_IMODE((home.secrets / "pseudonym.key").stat().st_mode) == 0o600
    assert [path.name for path in home.secrets.iterdir()] == ["pseudonym.key"]


def test_the_key_of_the_environment_wins_and_is_never_shown(tmp_path, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, KEY.decode())
    made = load_pseudonyms(Home(root=tmp_path, config=tmp_path / "listening.yml"))
    assert made.one("x", "ann") == Pseudonyms(KEY).one("x", "ann")
    assert KEY.decode() not in repr(made)
    assert not (tmp_path / "secrets").exists()


def test_a_short_key_is_refused_with_a_remedy(tmp_path, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "short")
    with pytest.raises(ValueError, match="set at least 16 characters"):
        load_pseudonyms(Home(root=tmp_path, config=tmp_path / "listening.yml"))

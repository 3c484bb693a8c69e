"""Accounts that speak for an entity: as rows that join the posts, and the mistakes that one can make."""

import pytest

from ingestion.landing import Pseudonyms
from ingestion.listening import ListeningError, compile_owned_accounts, load_listening
from ingestion.listening.owned import OWNED_ACCOUNTS

PSEUDONYMS = Pseudonyms(b"a key of sixteen bytes or more")
HEAD = "version: 1\nbrands:\n  - name: Lumora\n    terms: [lumora]\n"


@pytest.fixture
def listening(tmp_path):
    """Load text as listening.yml."""

    def loaded(text: str):
        path = tmp_path / "listening.yml"
        path.write_text(text)
        return load_listening(path)

    return loaded


def test_an_account_gets_the_pseudonym_that_its_posts_carry(listening):
    text = HEAD + "    owned: {x: [Lumora, lumora_help], mastodon: ['lumora@social.example']}\n"
    table = compile_owned_accounts(listening(text), PSEUDONYMS)
    assert table.schema == OWNED_ACCOUNTS
    assert {(row["entity_id"], row["platform"], row["author_key"]) for row in table.to_pylist()} == {
        ("lumora", "x", PSEUDONYMS.one("x", "lumora")),
        ("lumora", "x", PSEUDONYMS.one("x", "lumora_help")),
        ("lumora", "mastodon", PSEUDONYMS.one("mastodon", "lumora@social.example")),
    }


def test_rows_do_not_depend_on_the_order_of_the_file(listening):
    one = compile_owned_accounts(listening(HEAD + "    owned: {x: [a, b], reddit: [c]}\n"), PSEUDONYMS)
    other = compile_owned_accounts(listening(HEAD + "    owned: {reddit: [c], x: [b, a]}\n"), PSEUDONYMS)
    assert one == other


def test_nobody_owns_anything_by_default(listening):
    table = compile_owned_accounts(listening(HEAD), PSEUDONYMS)
    assert (table.num_rows, table.schema) == (0, OWNED_ACCOUNTS)


@pytest.mark.parametrize(
    "lines, line, field, message, remedy",
    [
        ("    owned: [lumora]", 5, "brands[0].owned", "must be keys with values, not a list", "key: value"),
        ("    owned:\n      x: lumora", 6, "brands[0].owned.x", "must be a list", "[one, two]"),
        ("    owned:\n      x: []", 6, "brands[0].owned.x", "is empty", "name at least one"),
        ("    owned:\n      x: [12]", 6, "brands[0].owned.x[0]", "must be text, not 12", "in quotes"),
        ("    owned:\n      X-Twitter: [a]", 6, "brands[0].owned.X-Twitter", "is no platform", "write it as"),
        (
            "    owned:\n      x:\n        - a\n        - a",
            6,
            "brands[0].owned.x",
            "names 'a' twice",
            "remove one",
        ),
        (
            "    owned:\n      x: [Vento]\nrivals:\n  - name: Vento\n    terms: [vento]\n    owned:\n      x: [vento]",
            11,
            "rivals[0].owned.x[0]",
            "line 6 has the x account 'vento' already",
            "leave it with the one",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_field_and_remedy(listening, lines, line, field, message, remedy):
    with pytest.raises(ListeningError) as error:
        listening(HEAD + lines + "\n")
    (problem,) = error.value.problems
    assert (problem.line, problem.field) == (line, field)
    assert message in problem.message and remedy in problem.remedy

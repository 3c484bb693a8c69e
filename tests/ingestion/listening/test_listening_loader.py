"""What a user of listening.yml is told: every mistake, with its line, its field and a remedy."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.home import Home
from ingestion.listening import Listening, ListeningError, load_listening

THREE_LINES = """\
version: 1
brands:
  - name: Lumora
    terms: [lumora]
"""


@pytest.fixture
def load(tmp_path):
    """Write text (or bytes) as listening.yml and load it."""

    def write_and_load(content: str | bytes) -> Listening:
        path = tmp_path / "listening.yml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_listening(path)

    return write_and_load


@pytest.fixture
def problems(load):
    """Load text that must fail, return [(line, field, message, remedy)]."""

    def failing(content: str | bytes) -> list[tuple[int, str, str, str]]:
        with pytest.raises(ListeningError) as error:
            load(content)
        return [(p.line, p.field, p.message, p.remedy) for p in error.value.problems]

    return failing


def test_adding_a_brand_takes_three_lines(load):
    before = load(THREE_LINES)
    after = load(THREE_LINES + "rivals:\n  - name: Vento\n    terms: [vento]\n")
    assert [entity.id for _, entity in before.entities()] == ["lumora"]
    assert [entity.id for _, entity in after.entities()] == ["lumora", "vento"]


def test_ids_are_slugs_of_names_and_handles_and_hashtags_get_their_sign(load):
    listening = load(
        """\
version: 1
brands:
  - {name: "Café Lumora & Söhne", terms: [lumora], handles: [lumora, "@lum"], hashtags: [Lumora]}
  - {name: 小米, id: xiaomi, terms: [小米]}
"""
    )
    brand, other = listening.brands
    assert brand.id == "cafe_lumora_sohne"
    assert brand.handles == ("@lumora", "@lum")
    assert brand.hashtags == ("#Lumora",)
    assert other.id == "xiaomi"


def test_message_names_file_line_field_and_remedy(tmp_path, monkeypatch):
    (tmp_path / "listening.yml").write_text("version: 1\nbrands:\n  - name: A\n    terms: lumora\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ListeningError, match=r"^listening\.yml:4: brands\[0\]\.terms: .+ Remedy: .+\.$"):
        load_listening(Path("listening.yml"))


def test_all_mistakes_of_a_file_are_told_in_one_go_in_line_order(problems):
    found = problems(
        """\
version: 1
languages: [en, xx]
brands:
  - name: Lumora
    trems: [lumora]
  - {name: Vento, terms: [vento]}
  - {name: Ventó, terms: [VENTÓ]}
brands: []
reporting: {time_zone: Mars/Olympus}
"""
    )
    assert [(line, field) for line, field, _, _ in found] == [
        (2, "languages[1]"),
        (5, "brands[0].trems"),
        (7, "brands[2]"),
        (7, "brands[2]"),
        (8, "brands"),
        (9, "reporting.time_zone"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "field", "message", "remedy"),
    [
        ("version: 1\nbrand: []\n", 2, "brand", "not a known key", "did you mean brands?"),
        ("version: 1\nsources:\n  demo: {enabeld: true}\n", 3, "sources.demo.enabeld", "known", "enabled"),
        ("version: 1\nzzz: 1\n", 2, "zzz", "not a known key", "use one of brands, campaigns"),
        ("brands: []\n", 1, "version", "is missing", "add version:"),
        ("version: 2\n", 1, "version", "must be 1, not 2", "write 1"),
        ("version: 1\nbrands:\n  - terms: [a]\n", 3, "brands[0].name", "is missing", "add name:"),
        ("version: 1\nbrands:\n  - {name: A, terms: [1848]}\n", 3, "brands[0].terms[0]", "1848", "quotes"),
        (
            "version: 1\nbrands:\n  - {name: A, terms:}\n",
            3,
            "brands[0].terms",
            "a list, not nothing",
            "write a value",
        ),
        ("version: 1\nbrands:\n  - {name: A, terms: ['']}\n", 3, "brands[0].terms[0]", "empty", "remove"),
        ("version: 1\nbrands:\n  - {name: A, terms: ['  ']}\n", 3, "brands[0].terms[0]", "empty", "remove"),
        ("version: 1\nbrands:\n  - {name: A, terms: ['?!']}\n", 3, "brands[0].terms[0]", "no letter", "word"),
        ("version: 1\nbrands:\n  - {name: A, handles: ['@']}\n", 3, "brands[0].handles[0]", "no letter", ""),
        (
            "version: 1\nbrands:\n  - {name: A, terms: ['https://a.example']}\n",
            3,
            "brands[0].terms[0]",
            "link",
            "",
        ),
        ("version: 1\nbrands:\n  - {name: A}\n", 3, "brands[0]", "nothing to match", "add terms"),
        ("version: 1\nbrands:\n  - {name: 小米, terms: [a]}\n", 3, "brands[0]", "no id", "id: my_brand"),
        ("version: 1\nbrands:\n  - {name: A, id: 'A B', terms: [a]}\n", 3, "brands[0].id", "no id", "a_b"),
        (
            'version: 1\nbrands:\n  - {name: A, terms: ["a\\0b"]}\n',
            3,
            "brands[0].terms[0]",
            "control character",
            "anew",
        ),
        (
            'version: 1\nbrands:\n  - {name: A, terms: ["a\\uD83D"]}\n',
            3,
            "brands[0].terms[0]",
            "half a character",
            "anew",
        ),
        (f"version: 1\nbrands:\n  - {{name: A, terms: [{'x' * 201}]}}\n", 3, "brands[0].terms[0]", "201", ""),
        (
            "version: 1\nreporting: {time_zone: ../../etc/passwd}\n",
            2,
            "reporting.time_zone",
            "zone",
            "Berlin",
        ),
        ("version: 1\nreporting: {look_back_days: 0}\n", 2, "reporting.look_back_days", "at least 1", "1"),
        ("version: 1\nreporting: {look_back_days: ten}\n", 2, "reporting.look_back_days", "whole", "digits"),
        ("version: 1\nlanguages: []\n", 2, "languages", "is empty", "at least one"),
        ("version: 1\nlanguages: [en, en]\n", 2, "languages", "'en' twice", "remove"),
        ("version: 1\nproducts:\n  - {name: P, of: x, terms: [p]}\n", 3, "products[0].of", "'x'", ""),
        (
            "version: 1\ncampaigns:\n  - {name: C, hashtags: [c], starts: 2026-08-10, ends: 2026-08-01}\n",
            3,
            "campaigns[0]",
            "before it starts",
            "swap",
        ),
        (
            "version: 1\ncampaigns:\n  - {name: C, hashtags: [c], starts: soon}\n",
            3,
            "campaigns[0].starts",
            "a day",
            "2026-08-31",
        ),
        (
            "version: 1\nbrands: [{name: Lumora, terms: [l]}]\n"
            "panels:\n  - id: p\n    members:\n      - lumroa\n",
            6,
            "panels[0].members[0]",
            "'lumroa'",
            "did you mean lumora?",
        ),
        ("version: 1\npanels:\n  - {id: p, members: []}\n", 3, "panels[0].members", "is empty", ""),
        (
            "version: 1\nbrands: [{name: A, terms: [a]}]\npanels:\n"
            "  - {id: p, members: [a], countries: [Germany]}\n",
            4,
            "panels[0].countries[0]",
            "country code",
            "DE",
        ),
        (
            "version: 1\nbrands: [{name: A, terms: [a]}]\npanels:\n"
            "  - {id: p, members: [a]}\n  - {id: p, members: [a]}\n",
            5,
            "panels[1].id",
            "line 4 already",
            "another id",
        ),
        ("version: 1\nsources:\n  feeds: {enabled: true}\n", 3, "sources.feeds", "no urls", "urls:"),
        (
            "version: 1\nsources:\n  feeds: {urls: ['ftp://x']}\n",
            3,
            "sources.feeds.urls[0]",
            "no web address",
            "https",
        ),
        (
            "version: 1\nsources:\n  hackernews: {lists: [new]}\n",
            3,
            "sources.hackernews.lists[0]",
            "'new'",
            "",
        ),
        ("version: 1\nsources:\n  demo: 5\n", 3, "sources.demo", "keys with values, not 5", "below"),
        ("just text\n", 1, "", "keys with values", "key: value"),
        ("- a\n- b\n", 1, "", "keys with values", "key: value"),
        ("", 1, "", "is empty", "version: 1"),
        ("# only a comment\n", 1, "", "is empty", "version: 1"),
    ],
)
def test_each_mistake_is_told_with_its_line_field_and_remedy(problems, text, line, field, message, remedy):
    (found,) = problems(text)
    assert found[:2] == (line, field)
    assert message in found[2]
    assert remedy in found[3]


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("version: 1\nbrands: [\n", 3, "is not YAML"),
        ("version: 1\n\tbrands: []\n", 2, "is not YAML"),
        ("version: 1\nbrands:\n  - name: a: b\n", 3, "is not YAML"),
        ("version: 1\nbrands: [@lumora]\n", 2, "cannot start any token"),
        ("version: 1\n---\nversion: 1\n", 2, "is not YAML"),
        ("version: 1\nx: *nowhere\n", 2, "undefined alias"),
        ("version: 1\nx: !!python/object/apply:os.system [ls]\n", 2, "!!python/object/apply:os.system"),
        ("version: 1\nx: !!python/name:os.system\n", 2, "!!python/name:os.system is not supported"),
        ("version: 1\nx: !!timestamp soon\n", 2, "!!timestamp is not supported"),
        ("version: 1\nx: 2026-02-30\n", 2, "cannot be read"),
        (b"version: 1\nbrands:\n  - name: Caf\xe9\n", 3, "is not UTF-8"),
        ("version: 1\n".encode("utf-16"), 1, "is not UTF-8"),
        (b"version: 1\nx: a\x00b\n", 2, "U+0000"),
        ("version: 1\nx: &a [*a]\n", 2, "more than 20 levels"),
        ("version: 1\nx: " + "[" * 3000, 1, "nested too deeply"),
        ("version: 1\n? [a, b]\n: c\n", 2, "a key must be one word"),
    ],
)
def test_a_malformed_document_is_told_with_its_line(problems, content, line, message):
    found = problems(content)
    assert (line, True) in [(problem[0], message in problem[2]) for problem in found], found


def test_aliases_that_multiply_are_stopped(problems):
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    found = problems("version: 1\n" + "\n".join(levels) + "\n")
    assert any("200,000 values" in message for _, _, message, _ in found)


def test_a_missing_file_and_a_folder_are_told(tmp_path):
    with pytest.raises(ListeningError, match=r"there is no such file.+LISTENHOUSE_CONFIG"):
        load_listening(tmp_path / "listening.yml")
    with pytest.raises(ListeningError, match=r"cannot be read.+permissions"):
        load_listening(tmp_path)


def test_two_brands_with_one_definition_are_an_error_that_names_both_lines(problems):
    found = problems(
        """\
version: 1
brands:
  - name: Lumora
    terms: [lumora, Café Lumora]
    exclude: [borealis]
rivals:
  - name: Other
    terms: [CAFE LUMORA, Lumora]
    exclude: [Borealis]
"""
    )
    assert [(line, field) for line, field, _, _ in found] == [(7, "rivals[0]")]
    assert "'Other' matches exactly what 'Lumora' on line 3 matches" in found[0][2]


def test_another_exclusion_makes_another_definition(load):
    load(
        "version: 1\nbrands:\n"
        "  - {name: A, terms: [lumora]}\n"
        "  - {name: B, terms: [lumora], exclude: [borealis]}\n"
    )


def test_ids_are_unique_across_all_kinds(problems):
    found = problems(
        "version: 1\nbrands:\n  - {name: Lumora, terms: [a]}\nproducts:\n  - {name: lumora!, terms: [b]}\n"
    )
    assert [(line, field) for line, field, _, _ in found] == [(5, "products[0]")]
    assert "line 3 has already" in found[0][2]


def test_a_bad_item_does_not_make_references_to_it_look_wrong(problems):
    found = problems(
        """\
version: 1
brands:
  - {name: Lumora, terms: [5]}
panels:
  - {id: p, members: [lumora]}
"""
    )
    assert [field for _, field, _, _ in found] == ["brands[0].terms[0]"]


def test_norwegian_is_a_language_and_not_false(load):
    assert load("version: 1\nlanguages: [no, en]\n").languages == ("no", "en")


def test_hostile_strings_are_only_text(load):
    hostile = [
        "'; DROP TABLE marts.fct_mentions; --",
        "{{ env_var('HOME') }} {% raw %}",
        '"a" OR 1=1',
        "=HYPERLINK(1)",
        "../../etc/passwd",
        "$(rm -rf x) `id`",
        "(a.*)+$ [",
        "مرحبا العالم",
    ]
    quoted = ", ".join("'" + text.replace("'", "''") + "'" for text in hostile)
    listening = load(f"version: 1\nbrands:\n  - name: Robert'); --\n    terms: [{quoted}]\n")
    assert list(listening.brands[0].terms) == hostile


def test_a_byte_order_mark_does_no_harm(load):
    assert load(b"\xef\xbb\xbf" + THREE_LINES.encode()).brands[0].id == "lumora"


def test_the_drop_folder_is_relative_to_the_configuration(load, tmp_path):
    home = Home(root=tmp_path / "data", config=tmp_path / "conf" / "listening.yml")
    default = load("version: 1\nsources: {files: {enabled: true}}\n").sources.files
    given = load("version: 1\nsources: {files: {enabled: true, folder: ../inbox}}\n").sources.files
    assert default.path(home) == tmp_path / "data" / "drop"
    assert given.path(home) == tmp_path / "inbox"


def test_reading_the_configuration_imports_no_heavy_library():
    heavy = "{'dlt', 'dagster', 'pandas', 'sklearn'}"
    code = f"import ingestion.listening, sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_remedy_reads_as_an_instruction(problems):
    found = problems(
        "version: 3\nbrands: 1\nrivals: [{name: 5}]\nlanguages: en\nsources: {files: {folder: 1}}\n"
    )
    assert len(found) == 5
    for _, _, message, remedy in found:
        assert re.match(r"[a-z]", remedy), remedy
        assert not message.endswith(".")


PIECES = [
    "version: 1\n",
    "brands:\n",
    "  - name: A\n",
    "    terms: [a]\n",
    "  terms: a\n",
    "panels: ",
    "&x ",
    "*x",
]
PIECES += [
    "[",
    "]",
    "{",
    "}",
    ": ",
    "- ",
    "'",
    '"',
    "\t",
    "!!int ",
    "2026-02-30",
    "null",
    "\\ud800",
    "\x00",
    "é",
    "\n",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=20))
def test_whatever_the_file_holds_it_loads_or_is_explained(tmp_path_factory, pieces):
    path = tmp_path_factory.getbasetemp() / "listening.yml"
    path.write_bytes("".join(pieces).encode("utf-8", "replace"))
    try:
        load_listening(path)
    except ListeningError as error:
        assert all(problem.line >= 1 and problem.message and problem.remedy for problem in error.problems)

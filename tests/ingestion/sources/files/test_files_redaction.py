"""Lines that cannot be parsed are kept without the people in them."""

from ingestion.sources.files.redaction import leaf, mask_json, mask_row


def test_only_values_of_kept_keys_stay():
    line = b'{"id":"7","user":{"name":"Ann","id":12,"tags":["a",1.5]},"text":"a \\"b\\"","n":-3,"cut":"off'
    masked = mask_json(line, {"id_str", "text", "n"})
    assert masked == (
        b'{"id":"***","user":{"name":"***","id":"***","tags":["***","***"]},'
        b'"text":"a \\"b\\"","n":-3,"cut":"***"'
    )


def test_a_value_before_any_key_is_masked():
    assert mask_json(b'"Ann", "text": "t"', {"text"}) == b'"***", "text": "t"'


def test_the_last_key_of_a_path_is_its_leaf():
    assert [leaf(path) for path in ("$.a.b", '$."a b"', "$.a[0]", "$.a[0].b", "name")] == [
        "b",
        "a b",
        "a",
        "b",
        "name",
    ]


def test_in_a_shifted_row_a_value_stays_only_if_all_its_owners_are_kept():
    header = ["id", "author", "text", "likes"]
    kept = {"id", "text", "likes"}
    assert mask_row("1,Ann,a,b,3", ",", header, kept) == b"1,***,***,b,3"
    assert mask_row("1,Ann,a", ",", header, kept) == b"***,***,a"
    assert mask_row("", ",", header, kept) == b""

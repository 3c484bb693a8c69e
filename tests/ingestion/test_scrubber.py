"""Contact details in texts are masked; what only looks like them is left alone."""

import pytest

from ingestion.network.scrubber import masked


@pytest.mark.parametrize(
    ("text", "wanted", "counts"),
    [
        ("mail ann.smith@example.org!", "mail [email]!", {"email": 1}),
        ("a@b.co and c.d+e@f-g.museum", "[email] and [email]", {"email": 2}),
        ("(ann@example.org)", "([email])", {"email": 1}),
        ("call +43 1 234 56 78 now", "call [phone] now", {"phone": 1}),
        ("call 0043-660-1234567", "call [phone]", {"phone": 1}),
        ("+14155550123", "[phone]", {"phone": 1}),
        ("(415) 555-01234", "[phone]", {"phone": 1}),
        ("Tel. 030 123 45 678, ann@example.org", "Tel. [phone], [email]", {"email": 1, "phone": 1}),
    ],
)
def test_contact_details_are_masked_and_counted(text, wanted, counts):
    assert masked(text) == (wanted, counts)


@pytest.mark.parametrize(
    "text",
    [
        "@lumora is great, says @ann@social.example",
        "on 2026-03-01 at 12:30:45",
        "01.03.2026 or 1/3/2026",
        "order 123456789012",
        "it costs 1.299.000,50 or $12,345,678",
        "version 10.11.12.13",
        "#20260301 and ISO 9001:2015",
        "see https://example.org/call/+43-1-234-56-78?mail=ann@example.org",
        "from 1999 to 2026, 100 000 of them",
        "a @ b . c",
        "",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text):
    assert masked(text) == (text, {})


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text", ["1 " * 50_000, "a." * 50_000 + "@", "a@" + "b." * 50_000, "+" * 100_000, "(1" * 50_000]
)
def test_a_long_hostile_text_takes_little_time(text):
    assert masked(text)[1].get("email", 0) == 0

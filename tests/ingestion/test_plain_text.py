"""HTML as its reader sees it."""

import pytest

from ingestion.plain_text import MAX_HTML, plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (None, None),
        ("", None),
        ("   ", None),
        ("<p></p>", None),
        ("plain", "plain"),
        ("two\nlines", "two\nlines"),
        ("It&#x27;s &quot;5 &lt; 6&quot; &amp; more", 'It\'s "5 < 6" & more'),
        ("first<p>second<p>third", "first\nsecond\nthird"),
        ("<div><p>a</p>\n\n<p>b</p></div>", "a\nb"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<b>bo</b>ld", "bold"),
        ("one\n   two", "one\ntwo"),
        ("<i>one\n   two</i>", "one two"),
        ("<pre><code>  x = 1\n  y = 2</code></pre>", "x = 1\ny = 2"),
        ("a<script>alert('<p>')</script>b<style>p {}</style>c", "abc"),
        ("a<svg><title>icon</title></svg>b", "ab"),
        ("a<script>never closed", "anever closed"),
        ("a<script/>b", "ab"),
        ("a<SCRIPT>x</Script >b", "ab"),
        ('<img alt="a > b" src=x>c', "c"),
        ("<a href=\"it's\">c</a> <b title='>d", "c d"),
        ("<a\nhref='x'\n>c</a\n>d", "cd"),
        ("&" + "#" + "9" * 5000 + "; x", "\ufffd x"),
        ("a&nbsp;&nbsp;&nbsp;b", "a b"),
        ("<!DOCTYPE html><?xml version='1.0'?>c", "c"),
        ("<3 you", "<3 you"),
        ("a <!-- never closed", "a <!-- never closed"),
        ("<ul><li>one<li>two</ul>", "one\ntwo"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("caf\u00e9&nbsp;au&nbsp;lait", "caf\u00e9 au lait"),
        ("broken <b unclosed", "broken <b unclosed"),
        ("5 < 6 and 7 > 2", "5 < 6 and 7 > 2"),
        ("<!-- hidden -->shown", "shown"),
        ("<![CDATA[a < b]]> shown", "a < b shown"),
        ("&#0; &#xD800; &bogus;", "\ufffd \ufffd &bogus;"),
    ],
)
def test_html_becomes_what_a_reader_sees(html, text):
    assert plain_text(html) == text


def test_a_shortened_link_gets_its_address_back():
    html = 'see <a href="https:&#x2F;&#x2F;example.org&#x2F;a-very-long-path">https:&#x2F;&#x2F;example.org&#x2F;a-ve...</a>!'
    assert plain_text(html) == "see https://example.org/a-very-long-path!"


def test_a_link_with_words_keeps_its_words():
    assert plain_text('<a href="https://example.org">read more...</a>') == "read more..."


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "piece",
    ["<!", "<!--", "<a ", "<a b='", "<a '>", "<a \"'>", "<![", "<![CDATA[", "</", "<?", "<script>", "<a>x...", "&#", "&a;", "<p>", " ", " \n", "\n ", "<script></"],
)  # fmt: skip
def test_hostile_markup_takes_no_longer_than_its_length(piece):
    plain_text(piece * (MAX_HTML // len(piece)))


@pytest.mark.timeout(30)
def test_a_script_with_endless_closings_takes_no_longer_than_its_length():
    plain_text("<script>" + "</script" * 120_000)


def test_dirt_is_left_for_landing_to_judge():
    assert plain_text("a\x00b<p>c") == "a\x00b\nc"
    assert plain_text("a\ud83d<p>c") == "a\ud83d\nc"
    assert plain_text("<p>" * MAX_HTML) == "<p>" * MAX_HTML

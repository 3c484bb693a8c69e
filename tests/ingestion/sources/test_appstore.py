"""What is special about Apple's feed of reviews: the shapes its entries come in, its last page, its stars."""

import copy

import pydantic
import pytest

from ingestion.listening.models import AppstoreSource, Listening
from ingestion.network import Ask
from ingestion.sources.appstore import AppStore
from ingestion.sources.appstore.contract import to_row

FIRST = Ask("/de/rss/customerreviews/page=1/id=284882215/sortby=mostrecent/json")
REVIEW = {
    "author": {"uri": {"label": "https://itunes.apple.com/de/reviews/id366926295"}, "name": {"label": "Ann"}},
    "updated": {"label": "2026-02-28T10:28:51-07:00"},
    "im:rating": {"label": "2"},
    "im:version": {"label": "8.0.9"},
    "id": {"label": "7175647643"},
    "title": {"label": "Crashes"},
    "content": {"label": "It crashes.\nDaily.", "attributes": {"type": "text"}},
    "link": {"attributes": {"rel": "related", "href": "https://itunes.apple.com/de/review?id=284882215"}},
    "im:voteSum": {"label": "-1"},
    "im:voteCount": {"label": "3"},
}


def page(entry, last=None, asked=FIRST):
    links = [{"attributes": {"rel": "last", "href": f"https://itunes.apple.com/de/rss/page={last}/xml"}}]
    feed = {"entry": entry, "link": links if last else []}
    return AppStore(AppstoreSource(apps=["1"]), {}).page({"feed": feed}, asked, None)


def test_a_review_becomes_a_row_with_its_stars_beside_it():
    assert to_row(REVIEW, "DE") == {
        "post_id": "7175647643",
        "post_type": "review",
        "title": "Crashes",
        "text": "It crashes.\nDaily.",
        "url": "https://itunes.apple.com/de/review?id=284882215",
        "author_id": "366926295",
        "country": "DE",
        "created_at": "2026-02-28T10:28:51-07:00",
        "extra": {"rating": 2, "app_version": "8.0.9", "vote_sum": -1, "vote_count": 3},
    }


def test_what_a_review_lacks_is_absent():
    review = copy.deepcopy(REVIEW)
    for name in ("title", "content", "im:version", "im:voteSum", "im:voteCount", "link"):
        del review[name]
    review |= {"author": {"name": {"label": "Ann"}}, "im:rating": {"label": "five"}}
    row = to_row(review, "DE")
    assert (row["title"], row["text"], row["url"], row["author_id"]) == (None, None, None, "Ann")
    assert set(row["extra"].values()) == {None}


def test_a_feed_of_one_review_and_one_of_none_are_read():
    assert page(REVIEW).items == [(REVIEW, "DE")]
    assert page(None).items == []
    assert page([{"im:name": {"label": "The app itself"}}, REVIEW]).items == [(REVIEW, "DE")]


def test_pages_end_where_the_feed_says_and_at_the_tenth():
    assert page([REVIEW], last=3).next.path == FIRST.path.replace("page=1", "page=2")
    assert page([], last=3).next is not None
    assert page([REVIEW], last=1).next is page([REVIEW]).next is None
    tenth = Ask(FIRST.path.replace("page=1", "page=10"))
    assert page([REVIEW], last=12, asked=tenth).next is None


def test_the_probe_asks_for_a_feed_also_where_no_app_is_named():
    assert AppStore(AppstoreSource(), {}).probe().path == FIRST.path.replace("/de/", "/us/")
    named = AppStore(AppstoreSource(apps=["7"], countries=["DE"]), {})
    assert named.probe().path == FIRST.path.replace("284882215", "7")


def test_an_app_is_named_by_the_number_in_its_address():
    assert AppstoreSource(apps=[284882215, "id1"]).apps == ("284882215", "1")
    for apps in (["lumora"], [True]):
        with pytest.raises(pydantic.ValidationError, match="no app id"):
            AppstoreSource(apps=apps)
    with pytest.raises(pydantic.ValidationError, match="has no apps"):
        AppstoreSource(enabled=True)


def test_a_brand_may_take_all_reviews_for_mentions():
    brand = {"name": "Lumora", "terms": ["lumora"], "query": "platform:appstore"}
    Listening.model_validate({"version": 1, "brands": [brand]})

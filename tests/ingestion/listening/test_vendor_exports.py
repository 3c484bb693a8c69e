"""Exports of listening suites land by shipped mappings: posts, and the suite's own sentiment as a rival label."""

import duckdb
import pytest

from ingestion.home import Home
from ingestion.landing.runner import land
from ingestion.listening import Listening

EXPORTS = {
    "brandwatch": (
        b"Report:,Mentions\nBrand:,Lumora\nFrom:,2026-03-01\nTo:,2026-03-02\nLabel:,\n\n"
        b"Query Id,Query Name,Date,Title,Url,Sentiment,Page Type,Language,Author,Full Text,Twitter Likes\n"
        b'1,q,2026-03-01 10:00:00.0,t,https://x.com/a/1,positive,twitter,en,ann,"I like, my lumora",0\n'
        b"1,q,2026-03-01 11:00:00.0,t,https://r.example/2,negative,reddit,en,bob,It leaks,0\n"
        b"1,q,2026-03-01 12:00:00.0,t,https://r.example/3,,reddit,en,bob,No label,0\n"
    ),
    "talkwalker": (
        b"url,published,title,content,lang,source_type,extra_author_attributes.name,sentiment,engagement,reach\n"
        b'https://x.com/a/1,2026-03-01 10:00:00,,I like my lumora,en,"SOCIALMEDIA,SOCIALMEDIA_TWITTER",ann,5,3,9\n'
        b"https://r.example/2,2026-03-01 11:00:00,t,It leaks,en,FORUM,bob,-3,0,0\n"
        b"https://r.example/3,2026-03-01 11:00:00,t,No label,en,FORUM,bob,,0,0\n"
    ),
    "meltwater": (
        "Date\tHeadline\tURL\tOpening Text\tHit Sentence\tSource\tInfluencer\tCountry\tReach\tSentiment\n"
        "01-Mar-2026 10:00AM\t\thttps://x.com/a/1\t\tI like my lumora\tTwitter\t@ann\tAustria\t9\tPositive\n"
        "01-Mar-2026 03:03PM\th\thttps://n.example/2\t\tIt leaks\tThe Daily Bean\t\tAustria\t9\tNegative\n"
        "01-Mar-2026 03:03PM\th\thttps://n.example/3\t\tNo label\tThe Daily Bean\t\tAustria\t9\tNot Rated\n"
    ).encode("utf-16"),
    "sprinklr": (
        b"UniversalMessageId,SocialNetwork,SenderUserId,SenderScreenName,Title,Message,CreatedTime,LanguageCode,"
        b"Permalink,Sentiment\n"
        b"TWITTER_1,TWITTER,7,ann,,I like my lumora,2026-03-01 10:00:00,en,https://x.com/a/1,POSITIVE\n"
        b"REDDIT_2,REDDIT,8,bob,t,It leaks,2026-03-01 11:00:00,en,https://r.example/2,NEGATIVE\n"
        b"REDDIT_3,REDDIT,8,bob,t,No label,2026-03-01 11:00:00,en,https://r.example/3,\n"
    ),
}
"""Made-up rows under the columns that each suite's export has, some left out as an account's settings may."""


@pytest.mark.parametrize("suite", EXPORTS)
def test_an_export_lands_its_posts_and_its_own_sentiment(suite, tmp_path, monkeypatch):
    monkeypatch.setattr("ingestion.sources.files.discovery.SETTLE_SECONDS", 0)
    home = Home(root=tmp_path, config=tmp_path / "listening.yml")
    home.drop.mkdir(parents=True)
    (home.drop / f"export_{suite}_march.csv").write_bytes(EXPORTS[suite])
    files = {"enabled": True, "shipped": [f"{suite}_mentions"]}
    listening = Listening.model_validate({"version": 1, "sources": {"files": files}})
    report = land("files", home, listening, "run-1")
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        quarantined = connection.execute("select * from raw_files.quarantine").fetchall()
        posts = connection.execute(
            "select post_id, source_name, platform, text, author_key is not null, like_count"
            " from raw_files.posts order by created_at, post_id"
        ).fetchall()
        labels = connection.execute("select post_id, suite, sentiment from raw_files.rival_labels").fetchall()
        landed = str(connection.execute("select * from raw_files.posts").fetchall())
    assert quarantined == [] and report.total.quarantined == 0
    assert {row[1] for row in posts} == {f"{suite}_mentions"}
    assert posts[0][3] in ("I like my lumora", "I like, my lumora")
    assert posts[0][2] == "x" and len(posts) == 3 and {row[5] for row in posts} == {None}
    by_id = {post_id: sentiment for post_id, _, sentiment in labels}
    assert [by_id[row[0]] for row in posts][:2] == ["positive", "negative"]
    assert sorted(map(str, by_id.values())) == ["None", "negative", "positive"]
    assert "'ann'" not in landed and "@ann" not in landed


def test_two_suites_that_share_a_post_keep_their_own(tmp_path):
    files = {"enabled": True, "shipped": ["brandwatch_mentions", "talkwalker_mentions"]}
    listening = Listening.model_validate({"version": 1, "sources": {"files": files}})
    names = {(mapping.name, mapping.resource) for mapping in listening.sources.files.every_mapping()}
    assert len(names) == 4

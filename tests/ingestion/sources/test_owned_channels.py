"""LinkedIn pages and YouTube channels beyond the kit: comments, figures of posts and of accounts by day."""

import json

import pytest

from ingestion.registry import network_type
from tests.ingestion.kit.apis import LinkedInApi, YouTubeAnalyticsApi
from tests.ingestion.kit.bench import NOW, PRIVATE, SECRET, Bench
from tests.replay_server import Reply

PAGE = "urn:li:organization:77"
COMMENT = "urn:li:comment:(urn:li:share:0011,901)"
DAY_MS = 86_400_000


@pytest.fixture
def linkedin(server, clock):
    bench = Bench(LinkedInApi(), network_type("linkedin"), server, clock)
    bench.settings = {"comments": True, "insights": True}
    today = int(NOW.timestamp() * 1000) // DAY_MS * DAY_MS
    span = {"timeRange": {"start": today - DAY_MS, "end": today}}

    def statistics(seen):
        told = {"likeCount": 7, "impressionCount": 90, "uniqueImpressionsCount": 40, "clickCount": 5}
        told |= {"commentCount": 1, "shareCount": -1}
        entity = {"organizationalEntity": PAGE, "totalShareStatistics": told}
        if "timeIntervals" in seen.query:
            return {"elements": [{**entity, **span}]}
        return {
            "elements": [{**entity, "share": seen.query["shares"].removeprefix("List(").removesuffix(")")}]
        }

    def comments(seen):
        if "0011" not in seen.path:
            return {"elements": [], "paging": {"links": []}}
        time = int(NOW.timestamp() * 1000)
        comment = {
            "actor": "urn:li:person:" + PRIVATE["handle"],
            "commentUrn": COMMENT,
            "message": {"text": "call +43 1 234 56 78 about my lumora"},
            "created": {"time": time, "actor": PRIVATE["name"]},
            "lastModified": {"time": time},
            "likesSummary": {"totalLikes": 2},
        }
        return {"elements": [comment], "paging": {"links": []}}

    views = {"organization": PAGE, "totalPageStatistics": {"views": {"allPageViews": {"pageViews": 12}}}}
    server.serve("/organizationalEntityShareStatistics", statistics, etag=False)
    server.serve("/organizationPageStatistics", {"elements": [{**views, **span}]}, etag=False)
    server.serve_below("/socialActions/", comments)
    server.serve_below("/networkSizes/", {"firstDegreeSize": 219_145})
    return bench


def test_a_page_lands_posts_comments_figures_and_days_once(linkedin):
    linkedin.run()
    assert linkedin.messages == ""
    assert linkedin.ids == linkedin.wanted | {COMMENT}
    (comment,) = [row for row in linkedin.posts if row["post_type"] == "comment"]
    assert comment["text"] == "call [phone] about my lumora" and comment["like_count"] == 2
    assert comment["parent_post_id"] == "urn:li:share:0011" and comment["edited_at"] is None
    figures = {row["post_id"]: row for row in linkedin.tables["post_insights"]}
    assert set(figures) == linkedin.wanted
    told = figures["urn:li:share:0005"]
    assert (told["reach_count"], told["impression_count"], told["like_count"]) == (40, 90, 7)
    assert told["share_count"] is None, "a negative count is one that is not told"
    days = {}
    for row in linkedin.tables["account_metrics"]:
        known = {name: row[name] for name in row if name.endswith("_count") and row[name] is not None}
        days.setdefault(str(row["measured_on"]), {}).update(known)
    assert days == {
        "2026-02-28": {"reach_count": 40, "impression_count": 90, "profile_view_count": 12},
        "2026-03-01": {"follower_count": 219_145},
    }
    before = {
        name: len(found) for name, found in linkedin.tables.items() if name not in ("landings", "reads")
    }
    linkedin.run()
    assert before == {
        name: len(found) for name, found in linkedin.tables.items() if name not in ("landings", "reads")
    }
    landed = "\n".join(linkedin.everything())
    assert SECRET not in landed and not [words for words in PRIVATE.values() if words in landed]


def test_lists_and_objects_stand_in_the_address_as_they_are(linkedin):
    linkedin.run()
    asked = linkedin.server.asked("/organizationalEntityShareStatistics")
    raw = [seen.query for seen in asked]
    assert any(query.get("shares") == "List(urn:li:share:0005)" for query in raw)
    assert all(seen.headers.get("linkedin-version") == "202511" for seen in asked)


def test_an_account_that_is_no_page_is_refused_with_its_name(linkedin):
    with pytest.raises(ValueError, match="'lumora' is no page"):
        linkedin.run(accounts=["lumora"])


CHANNEL = "UCkitkitkitkitkit"


@pytest.fixture
def channel(server, clock):
    bench = Bench(YouTubeAnalyticsApi(), network_type("youtube_analytics"), server, clock)
    bench.settings = {"comments": True, "insights": True}
    bench.retired = set()

    def report(seen):
        metrics = seen.query["metrics"].split(",")
        if bad := bench.retired & set(metrics):
            message = f"Unknown identifier ({min(bad)}) given in field parameters.metrics."
            return Reply({"error": {"code": 400, "message": message, "errors": []}}, status=400)
        first = seen.query["dimensions"]
        keys = sorted(bench.wanted) if first == "video" else ["2026-02-26", "2026-02-27"]
        headers = [{"name": name} for name in (first, *metrics)]
        return {"columnHeaders": headers, "rows": [[key, *range(10, 10 + len(metrics))] for key in keys]}

    comment = {
        "kind": "youtube#commentThread",
        "snippet": {
            "totalReplyCount": 1,
            "topLevelComment": {
                "kind": "youtube#comment",
                "id": "comment-of-a-viewer-901",
                "snippet": {
                    "videoId": "video000011",
                    "textOriginal": "my lumora leaks",
                    "authorDisplayName": PRIVATE["name"],
                    "authorChannelId": {"value": PRIVATE["handle"]},
                    "publishedAt": NOW.isoformat(),
                    "updatedAt": NOW.isoformat(),
                    "likeCount": 2,
                },
            },
        },
    }
    owner = {"kind": "youtube#channel", "id": CHANNEL, "statistics": {"subscriberCount": "1230"}}
    server.serve("/reports", report, etag=False)
    server.serve("/commentThreads", {"items": [comment]}, etag=False)
    server.serve("/channels", {"items": [owner]}, etag=False)
    return bench


def test_a_channel_lands_videos_comments_figures_and_days_once(channel):
    channel.run()
    assert channel.messages == ""
    assert channel.ids == channel.wanted | {"comment-of-a-viewer-901"}
    figures = {row["post_id"]: row for row in channel.tables["post_insights"]}
    assert set(figures) == channel.wanted
    told = figures["video000005"]
    assert (told["view_count"], told["like_count"], told["comment_count"]) == (10, 11, 12)
    assert json.loads(told["extra"])["estimatedMinutesWatched"] == 14
    days = {str(row["measured_on"]): row for row in channel.tables["account_metrics"]}
    assert days["2026-03-01"]["follower_count"] == 1230
    assert json.loads(days["2026-02-27"]["extra"])["views"] == 10
    before = {name: len(found) for name, found in channel.tables.items() if name not in ("landings", "reads")}
    channel.run()
    assert before == {
        name: len(found) for name, found in channel.tables.items() if name not in ("landings", "reads")
    }
    landed = "\n".join(channel.everything())
    assert SECRET not in landed and not [words for words in PRIVATE.values() if words in landed]


def test_a_report_does_without_a_retired_metric(channel):
    channel.retired = {"averageViewDuration"}
    channel.run()
    assert "field averageViewDuration is deprecated" in channel.messages
    assert {row["post_id"] for row in channel.tables["post_insights"]} == channel.wanted


def test_subscribers_that_a_channel_hides_are_not_zero(channel):
    hidden = {"subscriberCount": "0", "hiddenSubscriberCount": True}
    owner = {"kind": "youtube#channel", "id": CHANNEL, "statistics": hidden}
    channel.server.serve("/channels", {"items": [owner]}, etag=False)
    channel.run()
    (row,) = [r for r in channel.tables["account_metrics"] if str(r["measured_on"]) == "2026-03-01"]
    assert (row["follower_count"], row["unavailable_reason"]) == (None, "suppressed")

"""The made-up API of each network: a few lines of registration, and the kit tests the source."""

import re
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import unquote

from tests.ingestion.kit.bench import PRIVATE, SECRET, Api, Post
from tests.replay_server import ReplayServer, Reply, Seen


class AppStoreApi(Api):
    """A feed of reviews whose addresses hold the number of the page."""

    name = "appstore"
    path = "/us/rss/customerreviews/id=1/sortby=mostrecent/json"
    settings: ClassVar = {"apps": ["1"], "countries": ["US"]}
    has_cursor = False
    likes_in = None

    def item(self, post: Post) -> dict[str, Any]:
        """Return a review."""
        labels = {
            "id": str(post.number),
            "title": "Nice",
            "content": post.text,
            "updated": post.created.isoformat(),
            "im:rating": "4",
            "im:version": "8.0.9",
            "im:voteSum": str(post.likes),
            "im:voteCount": "60",
        }
        author = {
            "uri": {"label": "https://itunes.apple.com/us/reviews/id77"},
            "name": {"label": PRIVATE["handle"]},
            "label": " ".join(PRIVATE.values()),
        }
        link = {"attributes": {"rel": "related", "href": "https://itunes.apple.com/us/review?id=1"}}
        return {name: {"label": value} for name, value in labels.items()} | {"author": author, "link": link}

    def cursor(self, seen: Seen) -> str | None:
        """Return the page number as a cursor."""
        return f"c{int(seen.query['page']) - 1}" if seen.query["page"] != "1" else None

    def listed(self, items: list[Any], cursor: str | None, seen: Seen) -> Any:
        """Return a feed that names its last page, with the app itself as its first entry."""
        last = int(seen.query["page"]) + (cursor is not None)
        links = [{"attributes": {"rel": "last", "href": f"https://itunes.apple.com/us/rss/page={last}/xml"}}]
        return {"feed": {"entry": [{"im:name": {"label": "Lumora"}}, *items], "link": links}}

    def serve_more(self, server: ReplayServer) -> None:
        """Have the page taken out of addresses."""
        server.in_path = re.compile("/page=(?P<page>[0-9]+)")


class GdeltApi(Api):
    """Articles between two moments, without a cursor."""

    name = "gdelt"
    path = "/api/v2/doc/doc"
    settings: ClassVar = {"max_records": 3}
    has_cursor = False
    likes_in = None
    in_pages = False
    in_windows = True

    def native_id(self, number: int) -> str:
        """Return the address."""
        return f"https://news.example/{number}"

    def item(self, post: Post) -> dict[str, Any]:
        """Return an article."""
        return {
            "url": self.native_id(post.number),
            "url_mobile": PRIVATE["handle"],
            "title": post.text,
            "seendate": f"{post.created:%Y%m%dT%H%M%SZ}",
            "socialimage": PRIVATE["avatar"],
            "domain": "news.example",
            "language": "English",
            "sourcecountry": "Austria",
        }

    def answer(self, seen: Seen) -> Any:
        """Return the newest articles of the window."""
        start, end = (seen.query[name] for name in ("startdatetime", "enddatetime"))
        there = [
            post
            for post in self.posts
            if post.number not in self.deleted and start <= f"{post.created:%Y%m%d%H%M%S}" <= end
        ]
        there.sort(key=lambda post: post.created, reverse=True)
        items = [self.item(post) for post in there[: int(seen.query["maxrecords"])]]
        return {"articles": items} if items else {}


class MastodonApi(Api):
    """Statuses under a hashtag; the next page stands in the Link header."""

    name = "mastodon"
    path = "/api/v1/timelines/tag/lumora"
    secrets: ClassVar = {"access_token": SECRET}

    def item(self, post: Post) -> dict[str, Any]:
        """Return a status."""
        return {
            "id": str(post.number),
            "created_at": post.created.isoformat(),
            "edited_at": post.edited.isoformat() if post.edited else None,
            "visibility": "public",
            "language": "en",
            "url": f"https://social.example/status/{post.number}",
            "content": f"<p>{post.text}</p>",
            "replies_count": 1,
            "reblogs_count": 2,
            "favourites_count": post.likes,
            "tags": [{"name": "lumora", "url": "https://social.example/tags/lumora"}],
            "account": {
                "acct": PRIVATE["handle"],
                "display_name": PRIVATE["name"],
                "note": PRIVATE["bio"],
                "avatar": PRIVATE["avatar"],
                "url": "https://social.example/@someone",
                "fields": [{"name": "home", "value": PRIVATE["place"]}],
            },
        }

    def cursor(self, seen: Seen) -> str | None:
        """Return `max_id`."""
        return seen.query.get("max_id")

    def listed(self, items: list[Any], cursor: str | None, seen: Seen) -> Any:
        """Return the statuses with a Link header as the API writes it."""
        link = f'<https://social.example{self.path}?max_id={cursor}>; rel="next", <https://social.example/x>; rel="prev"'
        return Reply(items, {"Link": link} if cursor else {})

    def serve_lookups(self, server: ReplayServer) -> None:
        """Serve each status; a deleted one is a 404."""

        def status(seen: Seen) -> Any:
            return self.alive(seen.path.rpartition("/")[2]) or Reply({"error": "gone"}, status=404)

        server.serve_below("/api/v1/statuses/", status)


class BlueskyApi(Api):
    """Post views with a cursor in the answer."""

    name = "bluesky"
    path = "/xrpc/app.bsky.feed.searchPosts"
    secrets: ClassVar = {"identifier": "ann.example", "app_password": SECRET}

    def native_id(self, number: int) -> str:
        """Return the at-uri."""
        return f"at://did:plc:kit/app.bsky.feed.post/{number:03d}"

    def item(self, post: Post) -> dict[str, Any]:
        """Return a post view."""
        return {
            "uri": self.native_id(post.number),
            "cid": "c",
            "author": {
                "did": "did:plc:" + PRIVATE["handle"],
                "handle": PRIVATE["handle"],
                "displayName": PRIVATE["name"],
                "avatar": PRIVATE["avatar"],
                "description": PRIVATE["bio"],
            },
            "record": {
                "$type": "app.bsky.feed.post",
                "text": post.text,
                "createdAt": post.created.isoformat(),
                "langs": ["en"],
                "location": PRIVATE["place"],
            },
            "replyCount": 1,
            "repostCount": 2,
            "likeCount": post.likes,
            "quoteCount": 0,
            "indexedAt": post.created.isoformat(),
        }

    def window(self, seen: Seen) -> tuple[datetime, datetime] | None:
        """Return `since` and `until`."""
        return datetime.fromisoformat(seen.query["since"]), datetime.fromisoformat(seen.query["until"])

    def cursor(self, seen: Seen) -> str | None:
        """Return `cursor`."""
        return seen.query.get("cursor")

    def listed(self, items: list[Any], cursor: str | None, seen: Seen) -> Any:
        """Return the posts and the cursor."""
        total = sum(1 for post in self.posts if self.window(seen)[0] <= post.created < self.window(seen)[1])
        return {"posts": items, "hitsTotal": total} | ({"cursor": cursor} if cursor else {})

    def serve_lookups(self, server: ReplayServer) -> None:
        """Serve getPosts, which leaves out what is gone."""
        server.serve(
            "/xrpc/app.bsky.feed.getPosts",
            lambda seen: {"posts": [i for u in seen.all_values.get("uris", []) if (i := self.alive(u))]},
            etag=False,
        )

    def serve_more(self, server: ReplayServer) -> None:
        """Serve the login."""
        server.serve("/xrpc/com.atproto.server.createSession", {"accessJwt": SECRET + "-jwt"})


class StackExchangeApi(Api):
    """Questions by page number, with a quota in each answer."""

    name = "stackexchange"
    path = "/search/advanced"
    secrets: ClassVar = {"key": SECRET}
    has_cursor = False

    def item(self, post: Post) -> dict[str, Any]:
        """Return a question."""
        return {
            "question_id": post.number,
            "title": "How to descale?",
            "body": f"<p>{post.text}</p>",
            "link": f"https://stackoverflow.com/questions/{post.number}",
            "creation_date": int(post.created.timestamp()),
            "tags": ["coffee"],
            "score": -2,
            "up_vote_count": post.likes,
            "answer_count": 1,
            "view_count": 40,
            "owner": {
                "account_id": 77,
                "display_name": PRIVATE["handle"],
                "profile_image": PRIVATE["avatar"],
                "about_me": PRIVATE["bio"],
                "location": PRIVATE["place"],
                "link": PRIVATE["name"],
            },
        } | ({"last_edit_date": int(post.edited.timestamp())} if post.edited else {})

    def window(self, seen: Seen) -> tuple[datetime, datetime] | None:
        """Return `fromdate` and `todate`."""
        first, last = (datetime.fromtimestamp(int(seen.query[name]), UTC) for name in ("fromdate", "todate"))
        return first, last

    def cursor(self, seen: Seen) -> str | None:
        """Return the page number as a cursor."""
        return f"c{int(seen.query['page']) - 1}" if seen.query.get("page", "1") != "1" else None

    def listed(self, items: list[Any], cursor: str | None, seen: Seen) -> Any:
        """Return the wrapper around the questions."""
        return {"items": items, "has_more": cursor is not None, "quota_max": 300, "quota_remaining": 290}

    def serve_lookups(self, server: ReplayServer) -> None:
        """Serve questions by their ids; those that are gone are left out."""

        def some(seen: Seen) -> Any:
            ids = seen.path.rpartition("/")[2].split(";")
            return {
                "items": [i for u in ids if (i := self.alive(u))],
                "has_more": False,
                "quota_remaining": 290,
            }

        server.serve_below("/questions/", some)


class RedditApi(Api):
    """Listings with `after`, behind a token."""

    name = "reddit"
    path = "/search"
    secrets: ClassVar = {"client_id": "kit-client-id", "client_secret": SECRET}

    def native_id(self, number: int) -> str:
        """Return the full name."""
        return f"t3_{number:04d}"

    def item(self, post: Post) -> dict[str, Any]:
        """Return a submission."""
        return {
            "kind": "t3",
            "data": {
                "name": self.native_id(post.number),
                "title": "My machine",
                "selftext": post.text,
                "author": PRIVATE["handle"],
                "author_fullname": PRIVATE["name"],
                "author_flair_text": PRIVATE["bio"],
                "thumbnail": PRIVATE["avatar"],
                "geo": PRIVATE["place"],
                "permalink": f"/r/espresso/comments/{post.number}",
                "subreddit": "espresso",
                "created_utc": post.created.timestamp(),
                "edited": post.edited.timestamp() if post.edited else False,
                "score": post.likes,
                "ups": post.likes,
                "num_comments": 1,
            },
        }

    def cursor(self, seen: Seen) -> str | None:
        """Return `after`."""
        return seen.query.get("after")

    def listed(self, items: list[Any], cursor: str | None, seen: Seen) -> Any:
        """Return a listing."""
        return {"kind": "Listing", "data": {"children": items, "after": cursor, "before": None}}

    def serve_lookups(self, server: ReplayServer) -> None:
        """Serve /api/info, which leaves out what is gone."""

        def info(seen: Seen) -> Any:
            found = [item for name in seen.query["id"].split(",") if (item := self.alive(name))]
            return self.listed(found, None, seen)

        server.serve("/api/info", info, etag=False)

    def serve_more(self, server: ReplayServer) -> None:
        """Serve the token."""
        self.settings = {"token_url": server.url + "/token"}
        server.serve(
            "/token", {"access_token": SECRET + "-token", "token_type": "bearer", "expires_in": 3600}
        )


class YouTubeApi(Api):
    """A search that only finds videos; /videos brings them."""

    name = "youtube"
    path = "/search"
    secrets: ClassVar = {"api_key": SECRET}

    def native_id(self, number: int) -> str:
        """Return a video's id: 11 characters."""
        return f"video{number:06d}"

    def item(self, post: Post) -> dict[str, Any]:
        """Return a video with its counts."""
        return {
            "kind": "youtube#video",
            "id": self.native_id(post.number),
            "snippet": {
                "publishedAt": post.created.isoformat(),
                "channelId": PRIVATE["handle"],
                "channelTitle": PRIVATE["name"],
                "title": "My machine",
                "description": post.text,
                "thumbnails": {"default": {"url": PRIVATE["avatar"]}},
                "about": PRIVATE["bio"],
                "recordingLocation": PRIVATE["place"],
            },
            "statistics": {"viewCount": "40", "likeCount": str(post.likes), "commentCount": "1"},
        }

    def window(self, seen: Seen) -> tuple[datetime, datetime] | None:
        """Return `publishedAfter` and `publishedBefore`."""
        first, last = (datetime.fromisoformat(seen.query[f"published{name}"]) for name in ("After", "Before"))
        return first, last

    def cursor(self, seen: Seen) -> str | None:
        """Return `pageToken`."""
        return seen.query.get("pageToken")

    def listed(self, items: list[Any], cursor: str | None, seen: Seen) -> Any:
        """Return search results, which say less than videos."""
        results = [
            {"kind": "youtube#searchResult", "id": {"videoId": item["id"]}, "snippet": item["snippet"]}
            if isinstance(item, dict)
            else item
            for item in items
        ]
        return {"items": results} | ({"nextPageToken": cursor} if cursor else {})

    def serve_lookups(self, server: ReplayServer) -> None:
        """Serve /videos, which leaves out what is gone."""
        server.serve(
            "/videos",
            lambda seen: {"items": [i for name in seen.query["id"].split(",") if (i := self.alive(name))]},
            etag=False,
        )


class GraphApi(Api):
    """An edge of Meta's Graph API, whose addresses of next pages hold the token."""

    secrets: ClassVar = {"access_token": SECRET}

    def cursor(self, seen: Seen) -> str | None:
        """Return `after`."""
        return seen.query.get("after")

    def listed(self, items: list[Any], cursor: str | None, seen: Seen) -> Any:
        """Return the items and the address of the next page."""
        following = f"https://graph.facebook.com{self.path}?access_token={SECRET}&limit=3&after={cursor}"
        paging = {"cursors": {"before": "x", "after": cursor or "end"}}
        return {"data": items, "paging": paging | ({"next": following} if cursor else {})}

    def serve_lookups(self, server: ReplayServer) -> None:
        """Serve each post; one that is no more is an error like many others."""
        gone = {"error": {"message": "Unsupported get request", "code": 100, "error_subcode": 33}}
        for post in self.posts:
            native_id = self.native_id(post.number)
            server.serve(
                f"/{native_id}", lambda seen: self.alive(seen.path[1:]) or Reply(gone, status=400), etag=False
            )


class FacebookApi(GraphApi):
    """Posts of a page, behind the page's own token."""

    name = "facebook"
    path = "/777/published_posts"
    settings: ClassVar = {"accounts": ["777"], "comments": False, "insights": False}

    def native_id(self, number: int) -> str:
        """Return page and number."""
        return f"777_{number:03d}"

    def item(self, post: Post) -> dict[str, Any]:
        """Return a post of the page."""
        return {
            "id": self.native_id(post.number),
            "message": post.text,
            "created_time": f"{post.created:%Y-%m-%dT%H:%M:%S+0000}",
            "permalink_url": f"https://www.facebook.com/777/posts/{post.number}",
            "from": {
                "id": "777",
                "name": PRIVATE["name"],
                "picture": PRIVATE["avatar"],
                "about": PRIVATE["bio"],
            },
            "place": PRIVATE["place"],
            "reactions": {"data": [{"name": PRIVATE["handle"]}], "summary": {"total_count": post.likes}},
            "comments": {"data": [], "summary": {"total_count": 1}},
        }

    def serve_more(self, server: ReplayServer) -> None:
        """Serve the page's own token."""
        server.serve("/777", {"id": "777", "access_token": SECRET + "-page"}, etag=False)


class InstagramApi(GraphApi):
    """Media of a professional account."""

    name = "instagram"
    path = "/888/media"
    settings: ClassVar = {"accounts": ["888"], "comments": False, "insights": False, "stories": False}

    def native_id(self, number: int) -> str:
        """Return a number like any other."""
        return f"1789{number:03d}"

    def item(self, post: Post) -> dict[str, Any]:
        """Return a medium."""
        return {
            "id": self.native_id(post.number),
            "caption": post.text,
            "media_type": "IMAGE",
            "media_url": PRIVATE["avatar"],
            "permalink": f"https://www.instagram.com/p/{post.number}/",
            "timestamp": f"{post.created:%Y-%m-%dT%H:%M:%S+0000}",
            "owner": {"id": "888", "name": PRIVATE["name"], "biography": PRIVATE["bio"]},
            "username": PRIVATE["handle"],
            "location": PRIVATE["place"],
            "like_count": post.likes,
            "comments_count": 1,
        }


class XApi(Api):
    """Posts with what they refer to beside them, and the timeline of one own account, which is empty."""

    name = "x"
    path = "/2/tweets/search/recent"
    secrets: ClassVar = {"bearer_token": SECRET}
    settings: ClassVar = {"accounts": ["42"]}

    def item(self, post: Post) -> dict[str, Any]:
        """Return a post; an edited one has another id."""
        history = [str(post.number)] + ([f"9{post.number:03d}"] if post.edited else [])
        return {
            "id": history[-1],
            "edit_history_tweet_ids": history,
            "text": post.text,
            "lang": "en",
            "created_at": post.created.isoformat(),
            "author_id": "77",
            "geo": {"place_id": PRIVATE["place"]},
            "public_metrics": {"like_count": post.likes, "reply_count": 1, "retweet_count": 2},
        }

    def window(self, seen: Seen) -> tuple[datetime, datetime] | None:
        """Return `start_time` and `end_time`."""
        first, last = (datetime.fromisoformat(seen.query[f"{name}_time"]) for name in ("start", "end"))
        return first, last

    def cursor(self, seen: Seen) -> str | None:
        """Return `next_token`."""
        return seen.query.get("next_token")

    def listed(self, items: list[Any], cursor: str | None, seen: Seen) -> Any:
        """Return the posts, their author, and the token."""
        author = {
            "id": "77",
            "username": PRIVATE["handle"],
            "name": PRIVATE["name"],
            "description": PRIVATE["bio"],
            "profile_image_url": PRIVATE["avatar"],
            "verified": False,
            "public_metrics": {"followers_count": 9},
        }
        meta = {"result_count": len(items)} | ({"next_token": cursor} if cursor else {})
        return {"data": items, "includes": {"users": [author]}, "meta": meta} if items else {"meta": meta}

    def serve_lookups(self, server: ReplayServer) -> None:
        """Serve posts by their ids; those that are gone are errors."""

        def some(seen: Seen) -> Any:
            found = {i: self.alive(i) for i in seen.query["ids"].split(",")}
            errors = [{"title": "Not Found Error", "value": i} for i, item in found.items() if item is None]
            answer = self.listed([item for item in found.values() if item], None, seen)
            return {k: v for k, v in answer.items() if k != "meta"} | ({"errors": errors} if errors else {})

        server.serve("/2/tweets", some, etag=False)

    def serve_more(self, server: ReplayServer) -> None:
        """Serve the own timeline, and a compliance job that never ends."""
        server.serve("/2/users/42/tweets", {"meta": {"result_count": 0}}, etag=False)
        job = {"id": "77", "type": "tweets", "status": "in_progress", "upload_url": f"{server.url}/upload"}
        for path in ("/2/compliance/jobs", "/2/compliance/jobs/77"):
            server.serve(path, {"data": job}, etag=False)
        server.serve("/upload", b"", etag=False)


class LinkedInApi(Api):
    """Posts of a page, counted from a start."""

    name = "linkedin"
    path = "/posts"
    settings: ClassVar = {"accounts": ["urn:li:organization:77"], "comments": False, "insights": False}
    secrets: ClassVar = {"access_token": SECRET}
    likes_in = None
    has_cursor = False

    def native_id(self, number: int) -> str:
        """Return a share's URN."""
        return f"urn:li:share:{number:04d}"

    def item(self, post: Post) -> dict[str, Any]:
        """Return a post with times in milliseconds."""
        created = int(post.created.timestamp() * 1000)
        edited = int(post.edited.timestamp() * 1000) if post.edited else created
        return {
            "id": self.native_id(post.number),
            "author": "urn:li:organization:77",
            "commentary": post.text,
            "createdAt": created,
            "publishedAt": created,
            "lastModifiedAt": edited,
            "lifecycleState": "PUBLISHED",
            "lifecycleStateInfo": {"isEditedByAuthor": post.edited is not None},
            "created": {"actor": "urn:li:person:" + PRIVATE["handle"], "name": PRIVATE["name"]},
            "content": {
                "media": {"altText": PRIVATE["bio"], "id": PRIVATE["avatar"]},
                "geo": PRIVATE["place"],
            },
        }

    def cursor(self, seen: Seen) -> str | None:
        """Return the start as a cursor; the source counts in its own page size."""
        return f"c{int(seen.query['start']) // 50}" if seen.query.get("start") else None

    def listed(self, items: list[Any], cursor: str | None, seen: Seen) -> Any:
        """Return the elements and the links."""
        links = [{"rel": "next", "href": "/rest/posts?start=50", "type": "application/json"}]
        return {"elements": items, "paging": {"start": 0, "count": 50, "links": links if cursor else []}}

    def serve_lookups(self, server: ReplayServer) -> None:
        """Serve each post; one that is no more is a 404."""

        def post(seen: Seen) -> Any:
            native_id = unquote(seen.path.rpartition("/")[2])
            return self.alive(native_id) or Reply({"status": 404, "code": "NOT_FOUND"}, status=404)

        server.serve_below("/posts/", post)


class YouTubeAnalyticsApi(YouTubeApi):
    """The uploads of a channel, which only name videos."""

    name = "youtube_analytics"
    path = "/playlistItems"
    secrets: ClassVar = {
        "client_id": "kit-client",
        "client_secret": SECRET,
        "refresh_token": SECRET + "-refresh",
    }

    def window(self, seen: Seen) -> None:
        """A playlist is read from its newest entry on."""

    def listed(self, items: list[Any], cursor: str | None, seen: Seen) -> Any:
        """Return the entries of the playlist."""
        entries = [
            {
                "kind": "youtube#playlistItem",
                "contentDetails": {"videoId": item["id"], "videoPublishedAt": item["snippet"]["publishedAt"]},
            }
            if isinstance(item, dict)
            else item
            for item in items
        ]
        return {"items": entries} | ({"nextPageToken": cursor} if cursor else {})

    def serve_more(self, server: ReplayServer) -> None:
        """Serve the token, and say where it and the videos are."""
        urls = {"data_url": server.url, "token_url": server.url + "/token"}
        channel = {"accounts": ["UCkitkitkitkitkit"], "comments": False, "insights": False}
        self.settings = {**urls, **channel}
        server.serve("/token", {"access_token": SECRET + "-token", "expires_in": 3600})


APIS: tuple[type[Api], ...] = (
    AppStoreApi,
    BlueskyApi,
    FacebookApi,
    GdeltApi,
    InstagramApi,
    LinkedInApi,
    MastodonApi,
    RedditApi,
    StackExchangeApi,
    XApi,
    YouTubeApi,
    YouTubeAnalyticsApi,
)

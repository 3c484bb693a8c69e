"""The made-up API of each network: a few lines of registration, and the kit tests the source."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from tests.ingestion.kit.bench import PRIVATE, SECRET, Api, Post
from tests.replay_server import ReplayServer, Reply, Seen


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


APIS: tuple[type[Api], ...] = (BlueskyApi, MastodonApi, RedditApi, StackExchangeApi, YouTubeApi)

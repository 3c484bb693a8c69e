"""The made-up API of each network: a few lines of registration, and the kit tests the source."""

from typing import Any, ClassVar
from urllib.parse import unquote

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

    def cursor(self, seen: Seen) -> str | None:
        """Return `cursor`."""
        return seen.query.get("cursor")

    def listed(self, items: list[Any], cursor: str | None, seen: Seen) -> Any:
        """Return the posts and the cursor."""
        return {"posts": items, "hitsTotal": 11} | ({"cursor": cursor} if cursor else {})

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


class LinkedInApi(Api):
    """Posts of a page, counted from a start."""

    name = "linkedin"
    path = "/posts"
    settings: ClassVar = {"accounts": ["urn:li:organization:77"], "comments": False, "insights": False}
    secrets: ClassVar = {"access_token": SECRET}
    has_counts = False
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
    BlueskyApi,
    FacebookApi,
    InstagramApi,
    LinkedInApi,
    MastodonApi,
    RedditApi,
    StackExchangeApi,
    YouTubeApi,
    YouTubeAnalyticsApi,
)

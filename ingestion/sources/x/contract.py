"""From a post of X's API v2, with what it refers to, to a post of the contract; what is not given stays NULL."""

import html
from typing import Any

Included = dict[tuple[str, str], dict[str, Any]]
"""What an answer includes beside its posts, by kind (`tweets`, `users`) and id."""


def to_row(tweet: dict[str, Any], included: Included) -> dict[str, Any]:
    """Return a post under contract names.

    An edit makes a new id at X. Here a post keeps its first one, and its versions are observations: of
    several the latest is taken, wherever in the answer it stands.
    """
    history = tweet.get("edit_history_tweet_ids") or [tweet["id"]]
    latest = included.get(("tweets", history[-1]), tweet)
    first = included.get(("tweets", history[0]), tweet)
    author = included.get(("users", str(tweet.get("author_id"))), {})
    referred = {kind: included.get(("tweets", i), {"id": i}) for kind, i in _references(tweet)}
    parent, quoted, reshared = (referred.get(kind) for kind in ("replied_to", "quoted", "retweeted"))
    return {
        "post_id": history[0],
        "post_type": "reshare" if reshared else "quote" if quoted else "reply" if parent else "original",
        "text": _text(reshared if reshared and reshared.get("text") else latest),
        "url": f"https://x.com/i/status/{tweet['id']}",
        "language": latest.get("lang"),
        "author_id": tweet.get("author_id"),
        "author_followers": (author.get("public_metrics") or {}).get("followers_count"),
        "author_is_verified": author.get("verified"),
        "parent_post_id": _identity(parent),
        "reshared_post_id": _identity(reshared or quoted),
        "created_at": first.get("created_at"),
        "edited_at": latest.get("created_at") if len(history) > 1 else None,
        "extra": {"versions": len(history)},
        # Those of a repost are the original's.
        **({} if reshared else _counts(tweet if latest["id"] == tweet["id"] else latest)),
    }


def _counts(tweet: dict[str, Any]) -> dict[str, Any]:
    """Return the counts; clicks and, before they were public, impressions are told to the author alone."""
    public, private, organic = (
        tweet.get(f"{kind}_metrics") or {} for kind in ("public", "non_public", "organic")
    )
    return {
        "like_count": public.get("like_count"),
        "comment_count": public.get("reply_count"),
        "share_count": public.get("retweet_count"),
        "quote_count": public.get("quote_count"),
        "save_count": public.get("bookmark_count"),
        "click_count": private.get("url_link_clicks", organic.get("url_link_clicks")),
        "impression_count": public.get(
            "impression_count", private.get("impression_count", organic.get("impression_count"))
        ),
    }


def _text(tweet: dict[str, Any]) -> Any:
    """Return what was written: the API cuts a long post in `text` and writes & as &amp;."""
    text = (tweet.get("note_tweet") or {}).get("text") or tweet.get("text")
    return html.unescape(text) if isinstance(text, str) else text


def _references(tweet: dict[str, Any]) -> list[tuple[str, str]]:
    return [(reference["type"], reference["id"]) for reference in tweet.get("referenced_tweets") or ()]


def _identity(tweet: dict[str, Any] | None) -> str | None:
    return (tweet.get("edit_history_tweet_ids") or [tweet["id"]])[0] if tweet else None

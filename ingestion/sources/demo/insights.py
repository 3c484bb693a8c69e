"""What platforms tell the owner of a channel alone: reach, impressions and clicks of posts, audiences by day.

Only the own brand lets itself be seen. X gives impressions and clicks; Instagram reach, saves and shares, and
no longer impressions; YouTube impressions and clicks on them; Mastodon nothing. Of the rivals only the number
of followers is public.
"""

from datetime import date

import numpy as np
import pyarrow as pa

from ingestion.sources.demo import draw, engagement, rhythm
from ingestion.sources.demo.columns import names_at, times
from ingestion.sources.demo.owned import ACCOUNTS, AGES, Owned, followers
from ingestion.sources.demo.settings import CRISIS, DAYS, SEED, START

OWN = np.array([one.brand_id == CRISIS.entity_id for one in ACCOUNTS])
PLATFORM = np.array([one.platform for one in ACCOUNTS])
SHOWN_PER_LIKE = {"x": 34, "instagram": 16, "youtube": 25, "mastodon": 0}
SEEN_PERCENT = 71  # of the times that a post is shown, so many are another person
CLICKS_PER_MILLE = {"x": 11, "youtube": 38}
FAILED_PER_MILLE = 12  # calls that the platform did not answer
AUDIENCE_REACHED_PER_MILLE = (40, 95)  # of the followers, on a day


def post_insights(owned: Owned, start: date = START, seed: int = SEED) -> pa.Table:
    """Return the observations of the own brand's posts, columns of the contract and `observed_at`."""
    rng = draw.stream(seed, "post insights")
    told = owned.planted.filter(pa.array(OWN[owned.planted["account"].to_numpy()]))
    account = told["account"].to_numpy()
    told = told.filter(pa.array(PLATFORM[account] != "mastodon"))
    account, likes = told["account"].to_numpy(), told["likes"].to_numpy()
    created = told["created_at"].cast(pa.int64()).to_numpy() // 1_000_000 - _origin(start)
    n = len(account)
    shown = likes * np.array([SHOWN_PER_LIKE[one] for one in PLATFORM])[account]
    shown = shown * rng.integers(80, 121, n) // 100
    post = np.tile(np.arange(n), len(AGES))
    age = np.repeat([age for age, _ in AGES], n)
    at = created[post] + age + rng.integers(300, 900, len(post))
    table = engagement.growth_table()
    grown = table[np.clip(age // 60, 0, len(table) - 1)]
    failed = draw.chance(rng, len(post), FAILED_PER_MILLE, 1000)
    platform = PLATFORM[account][post]
    shown = shown[post] * grown // 1_000_000
    clicks = shown * np.array([CLICKS_PER_MILLE.get(one, 0) for one in PLATFORM])[account][post] // 1000
    liked = likes[post] * grown // 1_000_000
    instagram = platform == "instagram"

    def given(values: np.ndarray, where: np.ndarray) -> pa.Array:
        return pa.array(values, mask=failed | ~where)

    return _by_time(
        pa.table(
            {
                "post_id": told["post_id"].combine_chunks().take(pa.array(post)),
                "platform": pa.array(platform.tolist()),
                "account_id": names_at([one.author_id for one in ACCOUNTS], account[post]),
                "unavailable_reason": pa.array(["failed"] * len(post), mask=~failed),
                "reach_count": given(shown * SEEN_PERCENT // 100, instagram),
                "impression_count": given(shown, ~instagram),
                "click_count": given(clicks, ~instagram),
                "view_count": given(shown, instagram),
                "save_count": given(liked // 12, instagram),
                "share_count": given(liked // 20, instagram),
                "observed_at": times(start, at),
            }
        )
    )


def account_metrics(start: date = START, days: int = DAYS, seed: int = SEED) -> pa.Table:
    """Return what is known of every account's audience, one observation a day, early on the next."""
    rng = draw.stream(seed, "account metrics")
    account = np.tile(np.arange(len(ACCOUNTS)), days)
    day = np.repeat(np.arange(days), len(ACCOUNTS))
    n = len(account)
    audience = followers(account, day * rhythm.DAY, start)
    reached = audience * rng.integers(*AUDIENCE_REACHED_PER_MILLE, n) // 1000
    own, platform = OWN[account], PLATFORM[account]
    return pa.table(
        {
            "measured_on": pa.array(day + start.toordinal() - date(1970, 1, 1).toordinal(), pa.int32()).cast(
                pa.date32()
            ),
            "platform": pa.array(platform.tolist()),
            "account_id": names_at([one.author_id for one in ACCOUNTS], account),
            "unavailable_reason": pa.array(["no_permission"] * n, mask=own),
            "follower_count": pa.array(audience),
            "reach_count": pa.array(reached, mask=~own | (platform != "instagram")),
            "impression_count": pa.array(reached * 3 // 2, mask=~own | ~np.isin(platform, ("x", "youtube"))),
            "profile_view_count": pa.array(reached // 60, mask=~own | (platform != "x")),
            "observed_at": times(start, (day + 1) * rhythm.DAY + 5 * rhythm.HOUR + account),
        }
    )


def _origin(start: date) -> int:
    return (start.toordinal() - date(1970, 1, 1).toordinal()) * rhythm.DAY


def _by_time(table: pa.Table) -> pa.Table:
    order = np.argsort(table["observed_at"].cast(pa.int64()).to_numpy(), kind="stable")
    return table.take(pa.array(order))

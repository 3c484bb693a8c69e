"""Public research files through the example configurations to a release, compared with the files themselves.

Whatever is expected here is computed from the files with nothing of ours (`plain_reading.py`). No text of a
post may appear in this file or in its output.
"""

import itertools
import re
import statistics
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

import pytest
from example_roads import PROJECT, SECONDS, ExampleRoads
from plain_reading import (
    Quiet,
    QuietList,
    differences,
    folded,
    named_in,
    new_york_day,
    read_csv,
    read_objects,
    terms_of,
    tweet_time,
    unescaped,
)

pytestmark = pytest.mark.timeout(2 * SECONDS)

# What the file's column `airline` says, and the handle that its tweets were collected with: those called
# Delta were sent to JetBlue.
HANDLES = {
    "@united": "United",
    "@americanair": "American",
    "@jetblue": "Delta",
    "@southwestair": "Southwest",
    "@usairways": "US Airways",
    "@virginamerica": "Virgin America",
}


@pytest.fixture(scope="module")
def roads(shared_data, tmp_path_factory):
    return ExampleRoads(tmp_path_factory, shared_data)


@pytest.fixture(scope="module")
def airlines(roads):
    return roads["airlines"]


@pytest.fixture(scope="module")
def stocks(roads):
    return roads["stocks"]


@pytest.fixture(scope="module")
def business(roads):
    return roads["business"]


@pytest.fixture(scope="module")
def care(roads):
    return roads["care"]


@pytest.fixture(scope="module")
def airline_rows(shared_data):
    return QuietList(read_csv(shared_data / "mentions/airline_tweets.csv"))


@pytest.fixture(scope="module")
def airline_tweets(airline_rows):
    return Quiet((row["tweet_id"], row) for row in airline_rows)


@pytest.fixture(scope="module")
def airline_texts(airline_tweets):
    return Quiet((key, folded(unescaped(row["text"]))) for key, row in airline_tweets.items())


@pytest.fixture(scope="module")
def stock_objects(shared_data):
    """What the tests need of each line: the symbol it was found for, and the tweet without its long parts."""
    kept = QuietList()
    for item in read_objects(shared_data / "mentions/stock_tweets.ndjson.zst"):
        tweet = item["tweet"]
        for heavy in ("entities", "extended_entities", "quoted_status"):
            tweet.pop(heavy, None)
        if "retweeted_status" in tweet:
            tweet["retweeted_status"] = {"id_str": tweet["retweeted_status"]["id_str"]}
        kept.append((item["_symbol"], tweet))
    return kept


@pytest.fixture(scope="module")
def stock_tweets(stock_objects):
    return Quiet((tweet["id_str"], tweet) for _, tweet in stock_objects)


@pytest.fixture(scope="module")
def stock_texts(stock_tweets):
    return Quiet((key, folded(unescaped(tweet["text"]))) for key, tweet in stock_tweets.items())


@pytest.fixture(scope="module")
def stock_names(stock_texts):
    """The ids of the tweets that name each of the 44 companies."""
    return named_in(stock_texts, terms_of(PROJECT / "examples/stocks/listening.yml"))


def mentions_of(road):
    """Return the native ids of the posts that mention each entity, as published."""
    found = defaultdict(set)
    for entity, post_key in road.marts("select entity_id, post_key from marts.fct_mentions"):
        found[entity].add(post_key.split(":", 1)[1])
    return found


def matched(road, term):
    """Return how many mentions rest on a term, whatever else names the entity in the same post."""
    condition = f"list_contains(string_split(matched_terms, ' | '), '{term}')"
    return road.marts(f"select count(*) from marts.fct_mentions where {condition}")[0][0]


def posts_by_day(road):
    return dict(road.marts("select post_date, count(*) from marts.fct_posts group by post_date"))


# Airlines: a CSV file with repeated ids


def test_each_airline_tweet_is_one_post(airlines, airline_tweets):
    rows = airlines.marts("select native_post_id, count(*) from marts.fct_posts group by native_post_id")
    assert dict(rows) == dict.fromkeys(airline_tweets, 1)
    assert len(airline_tweets) == 11_611


def test_each_row_of_the_airline_file_is_accounted_for(airlines, airline_rows):
    # Repeats that differ in what we keep of them are observations of their own.
    kept = ("tweet_id", "text", "name", "tweet_created", "retweet_count")
    labels = ("airline", "airline_sentiment", "negativereason")
    distinct = len({tuple(row[name] for name in kept + labels) for row in airline_rows})
    assert airlines.landings() == {
        "airline_tweets.csv": (len(airline_rows), distinct, len(airline_rows) - distinct, 0, 0)
    }


def test_mentions_are_the_tweets_that_name_the_airline(airlines, airline_texts):
    expected = named_in(airline_texts, terms_of(PROJECT / "examples/airlines/listening.yml"))
    assert len(expected) == 7
    assert mentions_of(airlines) == expected
    rows = airlines.marts("select entity_id, sum(mentions_total) from marts.mart_mentions_daily group by 1")
    assert dict(rows) == {entity: len(keys) for entity, keys in expected.items()}


def test_counts_per_airline_agree_with_the_files_own_column(airlines, airline_tweets, airline_texts):
    """The file's column is the airline whose handle comes first, in all but four tweets.

    So the mentions of an airline by its handle are the tweets that the file gives to it, and those that
    the file gives to another because its handle comes first. The four: three called Delta hold none of the
    six handles, and one called United has Southwest's first.
    """
    column = {key: row["airline"] for key, row in airline_tweets.items()}
    handles = {
        key: [h for h in re.findall(r"@\w+", text) if h in HANDLES] for key, text in airline_texts.items()
    }
    first = {key: HANDLES[found[0]] if found else None for key, found in handles.items()}
    exceptions = Counter((column[key], first[key]) for key in column if first[key] != column[key])
    assert exceptions == {("Delta", None): 3, ("United", "Southwest"): 1}

    rows = {}
    for handle, airline in HANDLES.items():
        named = {key for key, found in handles.items() if handle in found}
        given = {key for key, label in column.items() if label == airline}
        rows[airline] = (len(given), len(given - named), len(named - given), matched(airlines, handle))
        assert rows[airline][3] == len(given) - len(given - named) + len(named - given)
    # In the file's column, of these without the handle, of other airlines with the handle, our mentions.
    assert rows == {
        "United": (3057, 0, 38, 3095),
        "American": (2064, 0, 146, 2210),
        "Delta": (1793, 3, 13, 1803),
        "Southwest": (1943, 0, 26, 1969),
        "US Airways": (2345, 0, 50, 2395),
        "Virgin America": (409, 0, 9, 418),
    }


def test_the_label_of_each_airline_tweet_is_kept_and_nothing_else(airlines, airline_tweets):
    rows = airlines.warehouse("select post_id, extra ->> '$.airline', json_keys(extra) from raw_files.posts")
    assert all(airline_tweets[key]["airline"] == airline for key, airline, _ in rows)
    assert {name for *_, names in rows for name in names} == {
        "airline",
        "airline_sentiment",
        "negativereason",
    }


def test_airline_days_begin_at_midnight_in_new_york(airlines, airline_tweets):
    times = {
        key: datetime.strptime(row["tweet_created"], "%Y-%m-%d %H:%M:%S %z")
        for key, row in airline_tweets.items()
    }
    days = {key: new_york_day(moment) for key, moment in times.items()}
    # The file's own days (at -08:00) and UTC's would be others for thousands of them.
    assert sum(days[key] != moment.date() for key, moment in times.items()) > 500
    assert sum(days[key] != (moment - moment.utcoffset()).date() for key, moment in times.items()) > 500
    rows = airlines.marts("select native_post_id, post_date, posted_at from marts.fct_posts")
    assert {key: (day, posted) for key, day, posted in rows} == {
        key: (days[key], times[key]) for key in times
    }
    assert posts_by_day(airlines) == Counter(days.values())
    assert set(posts_by_day(airlines)) == {date(2015, 2, day) for day in range(17, 25)}


def test_a_tweet_just_after_midnight_in_new_york_counts_for_the_new_day(airlines, airline_tweets):
    def distance(key):
        moment = datetime.strptime(airline_tweets[key]["tweet_created"], "%Y-%m-%d %H:%M:%S %z")
        return moment.timestamp() - datetime.fromisoformat("2015-02-22T00:00:00-05:00").timestamp()

    before = max((key for key in airline_tweets if distance(key) < 0), key=distance)
    after = min((key for key in airline_tweets if distance(key) >= 0), key=distance)
    assert distance(after) - distance(before) < 300
    days = dict(airlines.marts("select native_post_id, post_date from marts.fct_posts"))
    assert (days[before], days[after]) == (date(2015, 2, 21), date(2015, 2, 22))


def test_airline_sentiment_beats_guessing(airlines, airline_tweets, record_property):
    """The figures are reported, not promised: the shipped model never saw these tweets."""
    rows = airlines.marts(
        "select distinct split_part(post_key, ':', 2), sentiment_label from marts.fct_mention_sentiment"
    )
    pairs = [(airline_tweets[key]["airline_sentiment"], label) for key, label in rows if label != "unscored"]
    right = Counter(truth for truth, label in pairs if truth == label)
    given = Counter(truth for truth, _ in pairs)
    accuracy = right.total() / len(pairs)
    macro_recall = sum(right[label] / given[label] for label in given) / len(given)
    for name, value in {"scored": len(pairs), "accuracy": accuracy, "macro_recall": macro_recall}.items():
        record_property(name, value)
    print(f"{len(pairs)} scored of {len(rows)}: accuracy {accuracy:.3f}, macro recall {macro_recall:.3f}")
    assert set(given) == {"negative", "neutral", "positive"}
    assert macro_recall > 1 / 3 + 0.1


def test_the_corrected_negative_share_is_nearer_to_what_people_said_than_the_raw_one(
    airlines, airline_tweets
):
    rows = airlines.marts(
        """
        select split_part(post_key, ':', 2), sentiment_label from marts.fct_mention_sentiment
        where entity_id = 'united' and is_counted and sentiment_label <> 'unscored'
        """
    )
    said = sum(airline_tweets[key]["airline_sentiment"] == "negative" for key, _ in rows) / len(rows)
    raw = sum(label == "negative" for _, label in rows) / len(rows)
    [(corrected, low, high)] = airlines.marts(
        """
        select kpi_value, value_low, value_high from marts.mart_exec_scorecard
        where scope_id = 'united' and kpi = 'negative_share'
        """
    )
    print(f"negative: people {said:.3f}, raw {raw:.3f}, corrected {corrected:.3f} ({low:.3f} to {high:.3f})")
    assert abs(corrected - said) < abs(raw - said)


# Stocks: raw API objects


def test_each_stock_tweet_is_one_post_however_many_companies_it_was_found_for(
    stocks, stock_objects, stock_tweets
):
    symbols = defaultdict(set)
    for symbol, tweet in stock_objects:
        symbols[tweet["id_str"]].add(symbol)
    rows = stocks.marts("select native_post_id, observation_count from marts.fct_posts")
    assert sorted(rows) == sorted((key, 1) for key in stock_tweets)
    assert len(stock_tweets) == 31_046
    assert sum(len(found) > 1 for found in symbols.values()) > 1_900


def test_each_line_of_the_stock_file_is_accounted_for(stocks, stock_objects, stock_tweets):
    repeats = len(stock_objects) - len(stock_tweets)
    assert stocks.landings() == {
        "stock_tweets.ndjson.zst": (len(stock_objects), len(stock_tweets), repeats, 0, 0)
    }


def test_mentions_are_the_tweets_that_name_the_company(stocks, stock_names):
    assert len(stock_names) == 44
    assert mentions_of(stocks) == stock_names


def test_the_days_of_a_company_sum_to_its_tweets(stocks, stock_names, stock_tweets):
    days = Counter(
        (name, new_york_day(tweet_time(stock_tweets[key]["created_at"])))
        for name, keys in stock_names.items()
        for key in keys
    )
    rows = stocks.marts(
        "select entity_id, mention_date, sum(mentions_total) from marts.mart_mentions_daily group by all"
    )
    assert {(name, day): total for name, day, total in rows} == days


@pytest.mark.parametrize("tag", ["ma", "v", "ba", "hd", "mo", "un"])
def test_a_cash_tag_is_not_its_letters(stocks, stock_texts, tag):
    tagged = {key for key, text in stock_texts.items() if re.search(rf"\${tag}(?!\w|'\w\w)", text)}
    bare = {key for key, text in stock_texts.items() if re.search(rf"(?<![\w$#@']){tag}(?!\w)", text)}
    assert matched(stocks, f"${tag}") == len(tagged)
    assert bare - tagged, "no tweet shows the difference"


def test_a_tweet_that_names_three_companies_is_three_mentions_and_one_post(stocks, stock_names, stock_tweets):
    companies = Counter(key for keys in stock_names.values() for key in keys)
    three = {key for key, count in companies.items() if count == 3}
    assert len(three) > 150
    rows = stocks.marts(
        """
        select
            posts.native_post_id, count(distinct mentions.entity_id), count(*),
            count(distinct posts.post_key)
        from marts.fct_posts as posts join marts.fct_mentions as mentions using (post_key)
        group by posts.native_post_id
        """
    )
    assert {
        key for key, entities, mentions, posts in rows if (entities, mentions, posts) == (3, 3, 1)
    } == three
    assert {key: mentions for key, _, mentions, _ in rows} == companies
    unnamed = set(stock_tweets) - set(companies)
    assert len(rows) + len(unnamed) == len(stock_tweets)


def test_retweets_are_reshares_and_no_originals(stocks, stock_tweets):
    retweets = {
        key: tweet["retweeted_status"]["id_str"]
        for key, tweet in stock_tweets.items()
        if "retweeted_status" in tweet
    }
    assert len(retweets) == 6_792
    rows = stocks.marts(
        """
        select native_post_id, split_part(reshared_post_key, ':', 2), exclusion_reason, is_counted
        from marts.fct_posts where post_type = 'reshare'
        """
    )
    assert {key: original for key, original, _, _ in rows} == retweets
    assert {(reason, counted) for *_, reason, counted in rows} == {("reshare", False)}


def test_reshares_count_in_mentions_total_and_not_in_mentions(stocks, stock_names, stock_tweets):
    reshared = {key for key, tweet in stock_tweets.items() if "retweeted_status" in tweet}
    rows = stocks.marts(
        """
        select entity_id, sum(mentions_total), sum(mentions), sum(reshares), sum(duplicates), sum(spam)
        from marts.mart_mentions_daily group by entity_id
        """
    )
    assert {name: (total, reshares) for name, total, _, reshares, _, _ in rows} == {
        name: (len(keys), len(keys & reshared)) for name, keys in stock_names.items()
    }
    assert all(
        total == mentions + reshares + copies + spam for _, total, mentions, reshares, copies, spam in rows
    )


def test_replies_and_quotes_are_told_apart(stocks, stock_tweets):
    def kind(tweet):
        if "retweeted_status" in tweet:
            return "reshare"
        if tweet.get("quoted_status_id_str"):
            return "quote"
        return "reply" if tweet["in_reply_to_status_id_str"] else "original"

    rows = stocks.marts(
        "select native_post_id, post_type, split_part(parent_post_key, ':', 2) from marts.fct_posts"
    )
    assert {key: (post_type, parent) for key, post_type, parent in rows} == {
        key: (kind(tweet), tweet["in_reply_to_status_id_str"]) for key, tweet in stock_tweets.items()
    }


def test_texts_and_counts_are_the_objects_own(stocks, stock_tweets):
    rows = stocks.marts(
        """
        select
            native_post_id, text, author_followers, author_is_verified, like_count, share_count, country
        from marts.fct_posts
        """
    )
    expected = {
        key: (
            unescaped(tweet["text"]),
            tweet["user"]["followers_count"],
            tweet["user"]["verified"],
            tweet["favorite_count"],
            tweet["retweet_count"],
            (tweet["place"] or {}).get("country_code") or None,
        )
        for key, tweet in stock_tweets.items()
    }
    assert differences({key: tuple(values) for key, *values in rows}, expected) == []


def test_a_platform_that_cannot_tell_the_language_leaves_it_to_us(stocks, stock_tweets):
    rows = stocks.marts("select native_post_id, language, language_source from marts.fct_posts")
    told = {key: tweet["lang"] for key, tweet in stock_tweets.items() if tweet["lang"] != "und"}
    renamed = {"in": "id", "iw": "he"}
    assert {key: language for key, language, source in rows if source == "platform"} == {
        key: renamed.get(language, language) for key, language in told.items()
    }
    assert sum(source == "detected" for *_, source in rows) > 100


def test_stock_days_begin_at_midnight_in_new_york_in_summer_and_winter(stocks, stock_tweets):
    times = {key: tweet_time(tweet["created_at"]) for key, tweet in stock_tweets.items()}
    days = {key: new_york_day(moment) for key, moment in times.items()}
    late = [key for key, moment in times.items() if days[key] != moment.date()]
    # 04:30 UTC is half past midnight in summer and half past eleven in winter.
    between = [key for key, moment in times.items() if moment.hour == 4]
    assert {(times[key].date() - days[key]).days for key in between} == {0, 1}
    assert len(late) > 1_000
    rows = stocks.marts("select native_post_id, post_date from marts.fct_posts")
    assert dict(rows) == days
    assert posts_by_day(stocks) == Counter(days.values())


def test_the_example_query_joins_mentions_and_prices_by_company_and_day(
    stocks, stock_names, stock_tweets, shared_data
):
    """As README.md of the example says; counted again from the two files."""
    prices = shared_data / "business/stock_prices.parquet"
    sql = (PROJECT / "examples/stocks/prices.sql").read_text()
    sql = sql.replace("data/stocks/stock_prices.parquet", str(prices))
    sql = sql.replace("examples/stocks/symbols.csv", str(PROJECT / "examples/stocks/symbols.csv"))
    found = {row[0]: row[1:] for row in stocks.marts(sql)}
    symbols = {row["entity_id"]: row["symbol"] for row in read_csv(PROJECT / "examples/stocks/symbols.csv")}
    assert set(symbols) == set(stock_names)
    closes = defaultdict(dict)
    for symbol, day, close in stocks.marts(
        f"""select symbol, Date, "Adj Close" from '{prices}' order by Date"""
    ):
        closes[symbol][day] = close
    counted = {key for (key,) in stocks.marts("select native_post_id from marts.fct_posts where is_counted")}
    expected = {}
    for name, keys in stock_names.items():
        days = sorted(closes[symbols[name]])
        returned = {
            day
            for before, day in itertools.pairwise(days)
            if "null" not in (closes[symbols[name]][before], closes[symbols[name]][day])
        }
        tweeted = Counter(new_york_day(tweet_time(stock_tweets[key]["created_at"])) for key in keys)
        originals = Counter(
            new_york_day(tweet_time(stock_tweets[key]["created_at"])) for key in keys & counted
        )
        joined = set(tweeted) & set(returned)
        if len(joined) >= 20:
            expected[name] = (len(joined), sum(originals[day] for day in joined))
    assert len(expected) > 20
    assert {name: row[:2] for name, row in found.items()} == expected


# Both


@pytest.mark.parametrize("name", ["airlines", "stocks"])
def test_shares_of_voice_of_a_panel_and_day_sum_to_one(roads, name):
    rows = roads[name].marts(
        """
        select panel_id, mention_date, max(panel_mentions), sum(mentions), count(*), count(sov_mentions),
            sum(sov_mentions), max(abs(sov_mentions - mentions / panel_mentions))
        from marts.mart_share_of_voice_daily group by panel_id, mention_date
        """
    )
    assert rows
    for panel, day, of_panel, of_members, members, shares, total, error in rows:
        assert of_panel == of_members, (panel, day)
        if of_panel:
            assert shares == members, (panel, day)
            assert total == pytest.approx(1, abs=1e-9), (panel, day)
            assert error < 1e-12, (panel, day)
        else:
            assert shares == 0, (panel, day)


@pytest.mark.parametrize("name", ["airlines", "stocks", "business", "care"])
def test_everything_received_is_accepted_duplicate_quarantined_or_deleted(roads, name):
    for unit, (received, *parts) in roads[name].landings().items():
        assert received == sum(parts), unit
        assert received > 0, unit


def test_no_name_of_an_author_is_stored(airlines, stocks, airline_rows, stock_objects):
    people = {row["name"].lower() for row in airline_rows}
    for _, tweet in stock_objects:
        people |= {tweet["user"][name].lower() for name in ("screen_name", "name", "id_str")}
    for road, authors in (
        (airlines, len({row["name"].lower() for row in airline_rows})),
        (stocks, len({tweet["user"]["id_str"] for _, tweet in stock_objects})),
    ):
        keys = [key for (key,) in road.warehouse("select distinct author_key from raw_files.posts")]
        assert all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)
        assert len(keys) == authors
        assert road.marts("select count(*) from marts.dim_authors") == [(authors,)]
        # Texts hold handles by nature; codes such as 'x' or 'en' may also be somebody's name.
        free = set(road.text_columns("raw_files", "posts")) - {
            "text",
            "platform",
            "language",
            "detected_language",
            "post_type",
            "country",
            "source_name",
        }
        for column in free:
            values = {
                str(value).lower()
                for (value,) in road.warehouse(
                    f'select distinct "{column}" from raw_files.posts where "{column}" is not null'
                )
            }
            assert not values & people, column
    assert stocks.warehouse("select count(extra) from raw_files.posts") == [(0,)]


# Business records


def test_a_survey_in_an_old_encoding_lands_with_its_accents(business, shared_data):
    answers = {
        row["id"]: row
        for row in read_csv(shared_data / "business/nps/nps_responses_fr_latin1.csv", encoding="latin-1")
    }
    scored = {key: row for key, row in answers.items() if row["nps"] != "NA"}
    rows = business.warehouse("select response_id, score, comment from raw_files.nps_responses")
    expected = {
        key: (row["nps"], None if row["explication"] in ("NA", "") else row["explication"])
        for key, row in scored.items()
    }
    assert differences({key: (str(score), comment) for key, score, comment in rows}, expected) == []
    assert sum("é" in (comment or "") for *_, comment in rows) > 1_800
    refused = business.warehouse(
        "select native_id, field, reason from raw_files.quarantine where resource = 'nps_responses'"
    )
    assert sorted(refused) == sorted(
        (key, "score", "missing_value") for key in answers.keys() - scored.keys()
    )


def test_the_voice_of_the_customer_shows_the_surveys_score(business, shared_data):
    scores = [
        int(row["nps"])
        for row in read_csv(shared_data / "business/nps/nps_responses_fr_latin1.csv", encoding="latin-1")
        if row["nps"] != "NA"
    ]
    promoters, detractors = sum(score >= 9 for score in scores), sum(score <= 6 for score in scores)
    rows = business.marts(
        "select week_start_date, nps_responses, nps from marts.mart_voice_of_customer "
        "where segment = 'all' and topic = 'all' and nps_responses is not null"
    )
    assert rows == [
        (date(2016, 6, 27), len(scores), pytest.approx(100 * (promoters - detractors) / len(scores)))
    ]


def test_won_deals_stand_in_the_week_and_segment_of_their_account(business, shared_data):
    sectors = {row["account"]: row["sector"] for row in read_csv(shared_data / "business/crm/accounts.csv")}
    closed, won, revenue = Counter(), Counter(), Counter()
    for row in read_csv(shared_data / "business/crm/sales_pipeline.csv"):
        if row["deal_stage"] not in ("Won", "Lost"):
            continue
        day = datetime.strptime(row["close_date"], "%m/%d/%Y").date()
        week = day - timedelta(days=day.weekday())
        for cell in ((week, "all"), (week, sectors[row["account"]])):
            closed[cell] += 1
            won[cell] += row["deal_stage"] == "Won"
            revenue[cell] += float(row["close_value"]) if row["deal_stage"] == "Won" else 0
    rows = business.marts(
        "select week_start_date, segment, closed_opportunities, won_opportunities, won_revenue "
        "from marts.mart_voice_of_customer where closed_opportunities is not null"
    )
    assert {(week, segment): tuple(values) for week, segment, *values in rows} == {
        cell: (count, won[cell], revenue[cell]) for cell, count in closed.items()
    }


# Customer service

CARE_BRANDS = ["AirAsiaSupport", "AppleSupport", "AskRBC", "McDonalds", "NikeSupport"]


def conversations(rows):
    """Return first message -> (its time, the times of the brand's answers); the time is None where nobody saw it.

    A conversation begins with the oldest message of a customer that an answer leads back to.
    """
    messages = {row["tweet_id"]: row for row in rows}
    found = {}
    for key, row in messages.items():
        chain = [key]
        while messages.get(chain[-1], {}).get("in_response_to_tweet_id"):
            chain.append(messages[chain[-1]]["in_response_to_tweet_id"])
        seen = chain[-1] in messages
        asked = [one for one in chain if one in messages and messages[one]["inbound"] == "TRUE"]
        if seen and not asked:
            continue  # the brand speaks by itself
        start = asked[-1] if asked and seen else chain[-1]
        _, answers = found.setdefault(
            start, (tweet_time(messages[start]["created_at"]) if seen else None, [])
        )
        if row["inbound"] == "FALSE":
            answers.append(tweet_time(row["created_at"]))
    return found


def care_rows(shared_data, care, brand):
    real = read_csv(shared_data / f"care/{brand}.csv", encoding="utf-8-sig")
    invented = care.root / f"home/drop/{brand} invented.csv"
    return [*real, *(read_csv(invented) if invented.exists() else [])]


@pytest.mark.parametrize("brand", CARE_BRANDS)
def test_the_first_response_of_a_brand_is_that_of_its_file(care, shared_data, brand):
    """The public files hold no message of a customer, so there the time cannot be told and has to be NULL."""
    found = conversations(care_rows(shared_data, care, brand))
    seen = [(start, answers) for start, answers in found.values() if start is not None]
    waits = [(min(answers) - start).total_seconds() / 3600 for start, answers in seen if answers]
    [(cases, coverage, needed, replied, rate, median, mean)] = care.marts(
        f"""
        select cases, coverage, needed_reply, replied, response_rate, median_first_response_hours,
            mean_first_response_hours
        from marts.mart_care_service_levels
        where brand_id = '{brand}' and period_kind = 'all' and channel = 'all' and clock = 'calendar'
        """
    )
    assert (cases, needed, replied) == (len(found), len(seen), len(waits))
    assert coverage == pytest.approx(len(seen) / len(found))
    assert rate == (pytest.approx(len(waits) / len(seen)) if seen else None)
    assert median == (pytest.approx(statistics.median(waits)) if waits else None)
    assert mean == (pytest.approx(statistics.mean(waits)) if waits else None)


def test_both_sides_of_a_conversation_make_a_first_response(care):
    """As planted: answers after 1, 3 and 1/6 hours, and a question that nobody answers."""
    assert care.marts(
        """
        select needed_reply, replied, median_first_response_hours, km_median_first_response_hours
        from marts.mart_care_service_levels
        where brand_id = 'NikeSupport' and period_kind = 'all' and channel = 'x' and clock = 'calendar'
        """
    ) == [(4, 3, 1.0, 1.0)]


def test_no_handle_of_support_is_stored(care):
    rows = care.warehouse("select distinct author_key from raw_files.case_messages")
    assert rows and all(re.fullmatch("[0-9a-f]{32}", key) for (key,) in rows)

"""Which texts a teacher learns from, which it labels, and which it never sees."""

import json

import pandas as pd
import pytest

from ml.distil.texts import is_english, labelled_texts, normalise, text_key, unlabelled_texts, withheld_keys


def write(path, *lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    write(
        tmp_path / "sentiment" / "en_train.tsv",
        "label\ttext",
        'positive\tWhat a "lovely\tday at the lake',
        "negative\tThe train is late again",
        "neutral\tThe shop opens at nine",
        "positive\tThe SHOP opens at nine!!",
        "neutral\tWe meet @user at the square http",
    )
    write(
        tmp_path / "sentiment" / "en-umsab_train.tsv",
        "label\ttext",
        "negative\tI don\\u2019t like this phone",
    )
    write(
        tmp_path / "sentiment" / "en_validation.tsv",
        "label\ttext",
        "negative\tThe train is late AGAIN http",
        "neutral\tMy cat looks at the wall",
    )
    write(
        tmp_path / "emotion" / "en_train.tsv",
        "label\ttext",
        "joy\tmy cat looks at the wall!",
        "joy\tI won it",
    )
    write(tmp_path / "emotion" / "en_validation.tsv", "label\ttext", "joy\tthis was in a title")
    return tmp_path


def test_account_names_and_addresses_are_replaced_and_emoji_spelt_out():
    assert normalise("@Joe see https://t.co/x1 &amp; me\\u2019s 😂\n❤️") == (
        "@user see http & me’s face with tears of joy heavy black heart"
    )


def test_an_escaped_pair_of_surrogates_is_one_emoji():
    assert normalise("\\ud83d\\ude02") == "face with tears of joy"


def test_flags_and_skin_tones_are_left_out():
    assert normalise("go 🇩🇪 👍🏽") == "go thumbs up sign"


def test_copies_of_a_post_share_their_key():
    assert text_key("RT @Ann: Great day, folks! https://t.co/abc") == text_key("great day @user folks http")


def test_a_text_of_nothing_but_an_account_and_an_address_has_no_key():
    assert text_key("@Joe https://t.co/x1 !!") == ""


@pytest.mark.parametrize("text", ["Ich bin heute wieder in der Stadt", "сегодня хороший день", "12 + 7", ""])
def test_other_languages_and_texts_without_letters_are_not_english(text):
    assert not is_english(text)


@pytest.mark.parametrize("text", ["The train is late again today", "so good", "I’m at the café again, sorry"])
def test_english_texts_are_english(text):
    assert is_english(text)


def test_labelled_texts_are_those_of_the_training_files_without_disputed_and_withheld_ones(folder):
    texts = labelled_texts(folder)
    assert texts[["text", "label", "source"]].to_numpy().tolist() == [
        ['What a "lovely\tday at the lake', "positive", "SemEval-2017 task 4 (TweetEval)"],
        ["We meet @user at the square http", "neutral", "SemEval-2017 task 4 (TweetEval)"],
        ["I don\\u2019t like this phone", "negative", "UMSAB English"],
    ]


def test_an_unknown_label_is_named_with_its_line(folder):
    write(folder / "sentiment" / "en_train.tsv", "label\ttext", "positive\tyes", "good\tno")
    with pytest.raises(ValueError, match=r"en_train\.tsv: line 3: label is 'good'"):
        labelled_texts(folder)


def test_a_folder_without_training_files_is_told_what_belongs_there(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"en_train\.tsv or en-umsab_train\.tsv"):
        labelled_texts(tmp_path)


def test_texts_of_every_validation_file_are_withheld(folder):
    assert withheld_keys(folder) == {
        "the train is late again",
        "my cat looks at the wall",
        "this was in a title",
    }


def test_unlabelled_texts_hold_none_that_is_withheld_seen_or_there_before(folder):
    (folder / "volume").mkdir()
    titles = [
        "This was in a title",
        "I won it.",
        "The shop opens at nine",
        "A dog on the moon",
        "Der Hund ist im Haus",
    ]
    pd.DataFrame({"title": titles}).to_parquet(folder / "volume" / "reddit_titles.parquet")
    write(folder / "mentions" / "airline_tweets.csv", "id,text", "1,@airline here is my seat")
    found = unlabelled_texts(folder, seen=["The shop opens at nine"])
    assert found.to_numpy().tolist() == [
        ["I won it", "TweetEval emotion"],
        ["A dog on the moon", "Reddit titles"],
    ]


def test_every_source_is_read_in_its_own_shape(folder):
    write(folder / "topics" / "en_all.csv", "text,tweet", "I like the museum,the same - Instructions: http")
    write(
        folder / "targets" / "twitter_target_sentiment_train.raw",
        "i saw $T$ on the news",
        "a whale",
        "-1",
    )
    write(folder / "targets" / "brand_relevance.csv", "Topic,TweetText", "apple,my phone is on the table")
    write(folder / "spam" / "Youtube01.csv", "CONTENT,CLASS", "look at my channel,1")
    write(folder / "care" / "Shop.csv", "inbound,text", "FALSE,@user we are sorry to hear this")
    tweets = [
        {"text": "my shares are up", "lang": "en"},
        {
            "text": "RT @a: the market is",
            "lang": "en",
            "retweeted_status": {"text": "the market is open", "lang": "en"},
        },
        {"text": "no va a mercado", "lang": "es"},
    ]
    write(
        folder / "mentions" / "stock_tweets.ndjson.zst.plain",
        *[json.dumps({"tweet": tweet}) for tweet in tweets],
    )
    import duckdb

    plain, packed = (
        folder / "mentions" / name for name in ("stock_tweets.ndjson.zst.plain", "stock_tweets.ndjson.zst")
    )
    duckdb.execute(
        f"copy (select column0 from read_csv('{plain}', delim='\x01', quote='', header=false)) "
        f"to '{packed}' (format csv, header false, quote '', delimiter '\x01', compression zstd)"
    )
    (folder / "volume").mkdir()
    pd.DataFrame({"title": ["Show HN: what I built"]}).to_parquet(
        folder / "volume" / "hn_frontpage_snapshots.parquet"
    )
    found = unlabelled_texts(folder).groupby("source", sort=False)["text"].apply(sorted).to_dict()
    assert found == {
        "TweetEval emotion": ["I won it"],
        "TweetTopic": ["I like the museum"],
        "Target-dependent tweets (Dong et al. 2014)": ["i saw a whale on the news"],
        "Sanders": ["my phone is on the table"],
        "YouTube Spam Collection": ["look at my channel"],
        "StockNet": ["my shares are up", "the market is open"],
        "Customer Support on Twitter, replies": ["@user we are sorry to hear this"],
        "Hacker News titles": ["Show HN: what I built"],
    }


def test_the_order_within_a_source_follows_the_seed_and_is_the_same_again(folder):
    lines = [f"joy\tthis is number {number} of them" for number in range(30)]
    write(folder / "emotion" / "en_train.tsv", "label\ttext", *lines)
    once = unlabelled_texts(folder, seed=1)
    assert once.equals(unlabelled_texts(folder, seed=1))
    assert once["text"].tolist() != unlabelled_texts(folder, seed=2)["text"].tolist()
    assert unlabelled_texts(folder, seed=1, most=5).equals(once.head(5))

"""Files of labelled targets, and what is made of them before training."""

import numpy as np
import pytest

from ml.target.brands import read_airlines
from ml.target.labelled import leak_groups, names, plain_text, read_labelled
from ml.target.splices import spliced
from tests.ml.target.invented import NAMES, write_invented


def written(tmp_path, text):
    path = tmp_path / "targets.raw"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("i love $T$\nnordbean\n1\nand $T$\ncaldrix\n", r"line 5: the last item is incomplete"),
        ("i love $T$\nnordbean\n2\n", r"line 3: label is '2'; write one of \['-1', '0', '1'\]"),
        ("i love $T$\nnordbean\n1\ni love it\nnordbean\n1\n", r"line 4: text is 'i love it'; put \$T\$"),
        ("i love $T$\n\n1\n", r"line 2: target is ''; write the target's name"),
    ],
)
def test_a_wrong_file_is_refused_by_line_and_field(tmp_path, text, message):
    with pytest.raises(ValueError, match=r"targets\.raw: " + message):
        read_labelled(written(tmp_path, text))


def test_targets_are_places_and_other_targets_too(tmp_path):
    path = written(
        tmp_path,
        "$T$ beats caldrix , $T$ it is\nMira Castellan\n1\ni had a Mira Castellan and a $T$\ncaldrix\n0\n",
    )
    items = read_labelled(path)
    assert items["label"].tolist() == ["positive", "neutral"]
    assert items["own_positions"].tolist() == [[1, 4], [7]]
    assert items["other_positions"].tolist() == [[3], [4]]


@pytest.mark.parametrize(
    ("cut", "written_as"),
    [
        ("i do n't -LRB- really -RRB- care", "i don't ( really ) care"),
        ("it 's nordbean ` s :-RRB- and :D", "it's nordbean's :) and :D"),
        ("it ` s DID N'T", "it's DIDN'T"),
        ("say 'stop' :- ( now", "say 'stop' :-( now"),
    ],
)
def test_treebank_marks_are_undone(cut, written_as):
    assert plain_text(cut) == written_as


def test_what_shares_a_target_or_a_text_is_one_group_also_by_a_chain(tmp_path):
    path = written(
        tmp_path,
        "$T$ a\none\n0\n$T$ b\none\n0\n$T$ and two\none\n0\none and $T$\ntwo\n0\n$T$ c\ntwo\n0\n$T$ d\nthree\n0\n",
    )
    groups = leak_groups(read_labelled(path))
    assert len(set(groups[:5])) == 1
    assert groups[5] != groups[0]


def test_names_are_words_of_targets_and_words_written_as_names(tmp_path):
    found = names(read_labelled(write_invented(tmp_path)))
    assert {"nordbean", "mira", "castellan", "one", "jarvik", "bloom"} <= found
    assert not found & {"i", "love", "great", "monday", "awful"}


def test_a_splice_keeps_the_label_and_the_places_of_its_own_text(tmp_path):
    items = read_labelled(write_invented(tmp_path))
    groups = leak_groups(items)
    assert len(set(groups)) == len(NAMES)
    pairs = spliced(items, groups, 200, seed=1)
    assert pairs["differs"].any() and not pairs["differs"].all()
    for pair in pairs.itertuples():
        marks = {place: pair.tokens[place - 1] for place in pair.own_positions + pair.other_positions}
        assert {marks[place] for place in pair.own_positions} == {"qzxtargetxzq"}
        assert len(set(pair.own_positions) & set(pair.other_positions)) == 0
        # The other text's target keeps its mark; that it is another's is told by its place.
        assert len(pair.other_positions) == 1
    again = spliced(items, groups, 200, seed=1)
    assert again["tokens"].tolist() == pairs["tokens"].tolist()
    assert spliced(items.iloc[:1], groups[:1], 10, seed=1).empty
    assert np.array_equal(pairs.index, range(len(pairs)))


def test_brands_are_found_by_handle_hashtag_and_word(tmp_path):
    path = tmp_path / "airlines.csv"
    rows = [
        "airline,airline_sentiment,text",
        "United,negative,@united lost my bag and @SouthwestAir found it",
        *["Delta,positive,skipped"] * 3,
        "Southwest,positive,#southwest is not United",
        *["Delta,positive,skipped"] * 3,
        "Delta,neutral,nobody is named",
        *["Delta,positive,skipped"] * 3,
        "Delta,mixed,@jetblue hm",
    ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    items = read_airlines(path)
    assert items["label"].tolist() == ["negative", "positive"]
    assert items["own_positions"].tolist() == [[1], [1]]
    assert items["other_positions"].tolist() == [[6], [4]]

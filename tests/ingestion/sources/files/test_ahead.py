"""Reading ahead changes neither what comes nor its order, and hides no error."""

import threading

import pytest

from ingestion.sources.files.ahead import one_ahead


def test_everything_comes_in_order():
    assert list(one_ahead(iter(range(1000)))) == list(range(1000))
    assert list(one_ahead(iter([]))) == []


def test_an_error_comes_after_what_was_read_before_it():
    def items():
        yield "good"
        raise OSError("the disk is gone")

    seen = []
    with pytest.raises(OSError, match="the disk is gone"):
        for item in one_ahead(items()):
            seen.append(item)
    assert seen == ["good"]


def test_the_next_item_is_made_while_this_one_is_used():
    made = threading.Event()

    def items():
        yield 1
        made.set()
        yield 2

    coming = one_ahead(items())
    assert next(coming) == 1
    assert made.wait(timeout=30)
    assert list(coming) == [2]


def test_a_caller_that_stops_early_leaves_no_thread():
    coming = one_ahead(iter(range(10**9)))
    assert next(coming) == 0
    coming.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("reading-ahead")]

"""`listenhouse retain` refuses what it cannot do before it touches anything."""

from ingestion.landing.runner import ensure_tables


def test_before_anything_landed_there_is_nothing_to_erase(listenhouse, home):
    done = listenhouse("retain")
    assert (done.code, "nothing to erase" in done.out) == (0, True)
    assert not home.warehouse.exists()


def test_a_post_that_has_not_landed_is_told(listenhouse, home):
    ensure_tables("youtube", home)
    for name in ("youtube:dQw4w9WgXcQ", "dQw4w9WgXcQ", "demo:1"):
        done = listenhouse("retain", "--erase", name)
        assert done.code == 2
        assert "no post" in done.err and name.rpartition(":")[2] in done.err

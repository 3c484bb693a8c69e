"""Remembering what came before in the same file, in bounded memory."""

import numpy as np

from ingestion.landing import duplicates
from ingestion.landing.duplicates import Fingerprints


def test_each_fingerprint_is_new_once_across_batches():
    generator = np.random.default_rng(7)
    values = generator.integers(0, 3_000, 20_000, dtype=np.uint64)
    fingerprints, seen, expected, found = Fingerprints(), set(), [], []
    for batch in np.array_split(values, 23):
        found.extend(fingerprints.first_time(batch))
        for value in batch.tolist():
            expected.append(value not in seen)
            seen.add(value)
    assert found == expected


def test_an_empty_batch_changes_nothing():
    fingerprints = Fingerprints()
    assert len(fingerprints.first_time(np.array([], dtype=np.uint64))) == 0
    assert fingerprints.first_time(np.array([1], dtype=np.uint64)).all()


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(duplicates, "MAX_REMEMBERED", 1_000)
    fingerprints = Fingerprints()
    for start in range(0, 20_000, 100):
        assert fingerprints.first_time(np.arange(start, start + 100, dtype=np.uint64)).all()
    assert sum(map(len, fingerprints._runs)) <= 2_000

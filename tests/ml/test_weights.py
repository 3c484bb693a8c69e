"""Weight files: written the same way twice, read back whole, refused when wrong."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ml.weights import (
    NANO,
    WeightsError,
    build_tables,
    language_weights,
    read_weights,
    round_weights,
    write_table,
)

LABELS = ["negative", "neutral", "positive"]


@pytest.fixture
def rows() -> pd.DataFrame:
    coefficients = np.array([[-1.25, 0.0], [0.25, 0.5], [1.0, -0.5]])
    return language_weights("en", LABELS, ["good", "so good"], coefficients, np.array([0.0, 0.5, 0.0]))


@pytest.fixture
def labels() -> pd.DataFrame:
    return pd.DataFrame({"label": LABELS, "description": ["a", "b", "c"], "threshold": [np.nan] * 3})


def test_weights_round_trip_through_parquet(tmp_path, rows, labels):
    version, table, _ = build_tables("sentiment", rows, labels)
    write_table(table, tmp_path / "weights.parquet")
    read = read_weights(tmp_path / "weights.parquet").to_pandas()
    found = read.set_index(["label", "term"])["weight_nano"].to_dict()
    assert found[("negative", "good")] == -1.25 * NANO
    assert found[("neutral", "")] == 0.5 * NANO
    assert set(read["model_version"]) == {version}
    assert len(version) == 12


def test_zero_weights_are_left_out_but_intercepts_stay(rows):
    assert ("negative", "so good") not in set(zip(rows["label"], rows["term"], strict=True))
    assert (rows["term"] == "").sum() == len(LABELS)


def test_equal_models_have_equal_bytes_whatever_the_order_of_their_rows(tmp_path, rows, labels):
    for name, frame in {"a": rows, "b": rows.sample(frac=1, random_state=1)}.items():
        write_table(build_tables("sentiment", frame, labels)[1], tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_another_weight_or_threshold_is_another_version(rows, labels):
    version = build_tables("sentiment", rows, labels)[0]
    changed = rows.assign(weight_nano=rows["weight_nano"] + (rows.index == 0))
    assert build_tables("sentiment", changed, labels)[0] != version
    assert build_tables("sentiment", rows, labels.assign(threshold=0.5))[0] != version


def test_rounding_has_no_negative_zero():
    assert not np.signbit(round_weights(np.array([-1e-9]))).any()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda frame: frame.assign(label="happy"), "has no label of"),
        (lambda frame: frame.assign(model_name="mood"), "is of none of the models"),
        (lambda frame: frame[frame["term"] != ""], "no intercept"),
        (lambda frame: frame.assign(term=frame["term"].replace("good", "@maria")), "names a handle"),
        (lambda frame: frame.assign(term=frame["term"].replace("good", None)), "has a missing value"),
        (lambda frame: pd.concat([frame, frame.head(1)]), "occurs twice"),
        (
            lambda frame: frame.assign(model_version=[*"ab" * 20][: len(frame)]),
            "model_version has the values",
        ),
    ],
)
def test_a_spoilt_file_is_refused_with_file_and_remedy(tmp_path, rows, labels, spoil, message):
    _, table, _ = build_tables("sentiment", rows, labels)
    frame = spoil(table.to_pandas())
    pq.write_table(
        pa.Table.from_pandas(frame, schema=table.schema, preserve_index=False), tmp_path / "w.parquet"
    )
    with pytest.raises(WeightsError, match=message) as refused:
        read_weights(tmp_path / "w.parquet")
    assert "w.parquet" in str(refused.value)


def test_floating_weights_are_refused(tmp_path, rows, labels):
    _, table, _ = build_tables("sentiment", rows, labels)
    frame = table.to_pandas().assign(weight_nano=np.nan)
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), tmp_path / "w.parquet")
    with pytest.raises(WeightsError, match="weight_nano double"):
        read_weights(tmp_path / "w.parquet")

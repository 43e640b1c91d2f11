"""Every form that a data set comes in, and everything that is none."""

import json

import numpy as np
import polars as pl
import pytest
from PIL import Image
from sklearn.datasets import load_iris

from losscompass.data.errors import DataError
from losscompass.data.sources import open_source


def rows_of(table):
    return sum(batch.height for batch in table.batches())


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "a": rng.standard_normal(50),
            "b": rng.integers(0, 9, 50),
            "c": rng.choice(["x", "y"], 50),
            "y": rng.integers(0, 2, 50),
        }
    )


def test_csv_and_its_kin(tmp_path, frame):
    for delimiter, name in ((",", "t.csv"), ("\t", "t.tsv"), (";", "t.txt")):
        path = tmp_path / name
        path.write_text("# a comment\n" + frame.write_csv(separator=delimiter), encoding="utf-8")
        table = open_source(path)
        assert [column.kind for column in table.columns] == ["number", "number", "text", "number"]
        assert rows_of(table) == 50


def test_a_csv_without_header(tmp_path):
    (tmp_path / "t.csv").write_text("1,2\n3,4\n5,6\n")
    table = open_source(tmp_path / "t.csv")
    assert table.names == ("0", "1")
    assert rows_of(table) == 3


def test_parquet_and_arrow(tmp_path, frame):
    frame.write_parquet(tmp_path / "t.parquet")
    frame.write_ipc(tmp_path / "t.arrow")
    for name in ("t.parquet", "t.arrow"):
        assert rows_of(open_source(str(tmp_path / name))) == 50


def test_numpy_files(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((30, 4)))
    np.savez(tmp_path / "d.npz", X=np.zeros((30, 2, 2)), y=np.arange(30))
    assert rows_of(open_source(tmp_path / "x.npy")) == 30
    table = open_source(tmp_path / "d.npz")
    assert table.target == "target"
    assert len(table.columns) == 5


def test_a_hugging_face_data_set_on_disk(tmp_path, frame):
    part = tmp_path / "train"
    part.mkdir()
    frame.write_ipc_stream(part / "data-00000-of-00001.arrow")
    (part / "dataset_info.json").write_text(
        json.dumps({"features": {"y": {"_type": "ClassLabel", "names": ["no", "yes"]}}})
    )
    (tmp_path / "dataset_dict.json").write_text(json.dumps({"splits": ["train"]}))
    table = open_source(tmp_path)
    assert (table.target, table.classes, rows_of(table)) == ("y", ("no", "yes"), 50)
    with pytest.raises(DataError, match="no-split"):
        open_source(tmp_path, split="validation")


def test_a_folder_of_images(tmp_path):
    for name, grey in (("cat", 40), ("dog", 200)):
        (tmp_path / name).mkdir()
        for number in range(3):
            Image.new("RGB", (20, 10), (grey, grey, number)).save(tmp_path / name / f"{number}.png")
    (tmp_path / "cat" / "broken.png").write_bytes(b"\x89PNG broken")
    table = open_source(tmp_path)
    (batch,) = table.batches()
    assert batch["class"].to_list() == ["cat"] * 3 + ["dog"] * 3
    assert batch["width"].to_list() == [20] * 6
    assert [one.reason for one in table.skipped] == ["damaged-picture"]


def test_arrays_bunches_and_dictionaries():
    assert rows_of(open_source((np.zeros((9, 3)), list("abcabcabc")))) == 9
    assert open_source(load_iris()).classes == ("setosa", "versicolor", "virginica")
    assert open_source({"a": [1, 2], "b": ["x", None]}).names == ("a", "b")
    assert rows_of(open_source(np.array([["a", "1"], ["b", "2"]]))) == 2


class Samples:
    """As a torch Dataset does it: a length, and items."""

    def __len__(self):
        return 12

    def __getitem__(self, at):
        if at >= 12:
            raise IndexError
        return np.full((2, 3), at, dtype=np.float32), at % 3


def test_what_gives_samples_or_batches():
    table = open_source(Samples())
    assert rows_of(table) == 12
    assert len(table.columns) == 7
    batches = iter([(np.zeros((4, 2)), np.zeros(4)), (np.ones((3, 2)), np.ones(3))])
    assert rows_of(open_source(batches)) == 7


def test_torch_itself():
    torch = pytest.importorskip("torch")
    from torch.utils.data import DataLoader, TensorDataset

    data = TensorDataset(torch.zeros(10, 4), torch.arange(10))
    assert rows_of(open_source(data)) == 10
    assert rows_of(open_source(DataLoader(data, batch_size=3))) == 10


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"a,b\n", "no-rows"),
        (b'a,b\n1,"never closed\n2,3\n', "not-a-table"),
        (b"PAR1 and no more", "damaged"),
        (b"\x93NUMPY broken", "damaged"),
        (b"PK\x03\x04 broken", "damaged"),
        ("a,b\n1,2\n".encode("utf-16"), "encoding"),
        (b"version https://git-lfs.github.com/spec/v1\n", "lfs-pointer"),
        (b"\x00\x01\x02\x03 binary", "not-a-table"),
    ],
    ids=range(10),
)
def test_a_file_that_is_no_table(tmp_path, content, key):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(DataError) as error:
        open_source(path)
    assert error.value.key == key


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ((np.zeros((3, 2)), [1, 2]), "lengths-differ"),
        ((np.zeros((3, 2)), np.zeros((3, 2))), "target-shape"),
        ((np.zeros((0, 2)), []), "no-rows"),
        (np.array([{}, {}], dtype=object), "no-array"),
        (iter([np.zeros((2, 3)), np.zeros((2, 4))]), "shapes-differ"),
        (iter([]), "no-rows"),
        (iter([{"text": "x"}]), "no-inputs"),
    ],
)
def test_objects_that_are_no_table(given, key):
    with pytest.raises(DataError) as error:
        open_source(given)
    assert error.value.key == key


def test_paths_that_lead_nowhere(tmp_path):
    for path, key in ((tmp_path / "gone.csv", "missing"), (tmp_path, "folder")):
        with pytest.raises(DataError) as error:
            open_source(path)
        assert error.value.key == key


def test_pickled_objects_are_never_loaded(tmp_path):
    np.save(tmp_path / "x.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="damaged"):
        open_source(tmp_path / "x.npy")


def test_rows_that_are_too_long_are_counted_and_short_ones_are_gaps(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n3,4,5\n6\n7,8,9\n")
    table = open_source(tmp_path / "t.csv")
    assert [(one.reason, one.count, one.where) for one in table.skipped] == [("long-row", 2, "line 3")]
    (batch,) = table.batches()
    assert batch["b"].to_list() == ["2", "4", None, "8"]

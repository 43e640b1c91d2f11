"""L1–L11 and J1–J9 from the command line, in both languages."""

import ast
import json
import re
from pathlib import Path

import pytest
from command import write_log

from losscompass.cli.judge import TASKS
from losscompass.losses import task as tasks
from losscompass.losses.all import ALL
from losscompass.report.judgement import cause_words, note_words
from losscompass.text.catalogue import LANGUAGES, catalogue

DOMAIN = {
    "L1": ["losses huber", "judge 0.25 --loss rmse --std 1", "judge 0.4 --loss mae --std 1", "losses mse"],
    "L2": ["losses bce-with-logits", "judge 1.2 --loss cross-entropy --classes 9 --label-smoothing 0.1", "losses nll"],
    "L3": [
        "losses kl-divergence",
        "losses vae-elbo",
        "losses gan-bce",
        "judge 3.1 --task language-model --classes 50257",
    ],
    "L4": ["losses hinge", "judge 0.2 --loss triplet --parameter margin=0.2", "losses info-nce", "losses contrastive"],
    "L5": ["losses dice", "judge 0.3 --task segmentation --priors 0.1", "losses soft-iou"],
    "L6": ["losses ciou", "losses varifocal", "losses dfl", "judge 4.2 --task detection --classes 80", "losses focal"],
    "L7": ["losses l2-penalty", "losses l1-penalty"],
    "L8": ["losses mae", "losses hinge"],
    "L9": ["losses cross-entropy", "losses policy-gradient"],
    "L10": ["choose --task regression --outliers", "choose --task multiclass --output-layer probabilities"],
    "L11": ["losses cross-entropy --logits 2.5,0.1,-1.2 --target 0"],
    "J1": ["judge 0.8 --task multiclass --classes 10"],
    "J2": ["judge 2.3026 --task multiclass --classes 10"],
    "J3": ["judge 0.33 --task binary --priors 0.9,0.1"],
    "J4": ["judge 0.3 --task binary"],
    "J5": ["judge 1.4 --task multiclass --classes 100"],
    "J6": ["judge 0.3 --task binary --priors 0.9,0.1 --metric recall=0"],
    "J7": ["judge 0.02 --task generative --loss diffusion-epsilon", "judge 0.7 --loss gan-bce"],
    "J8": ["judge 0.8 --task multiclass --classes 10"],
    "J9": ["judge 0.3 --task binary --metric recall=0.4 --target recall=0.9", "judge 0.3 --task binary --target 0.4"],
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("item", DOMAIN)
def test_every_item_can_be_reached(call, item, lang):
    for line in DOMAIN[item]:
        ended = call(*line.split(), "--lang", lang)
        assert (ended.code, ended.err) == (0, ""), line
        assert len(ended.out) > 100
        assert not re.search(r"(?<![.\w])(judge|losses|choose)\.(?=[a-z])", ended.out), "every word is there"


def test_the_domain_is_whole():
    assert list(DOMAIN) == [*(f"L{n}" for n in range(1, 12)), *(f"J{n}" for n in range(1, 10))]


def test_the_json_of_a_judgement(call):
    said = json.loads(call("judge", "0.8", "--task", "multiclass", "--classes", "10", "--format", "json").out)
    assert said["start"] == pytest.approx(2.302585, abs=1e-6)
    assert {"start", "baseline", "floor", "value", "share", "named_faults", "inferred"} <= said.keys()
    assert said["inferred"]["loss"] == "cross-entropy"
    broken = json.loads(call("judge", "nan", "--task", "binary", "--format", "json").out)
    assert broken["value"] == "NaN"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_of_a_judgement(call, lang, tmp_path):
    page = tmp_path / "judged.html"
    ended = call("judge", "0.8", "--task", "multiclass", "--classes", "10", "--unit", "<b>", "-o", page, "--lang", lang)
    assert ended.code == 0
    text = page.read_text("utf-8")
    assert f'<html lang="{lang}">' in text
    assert "<svg" in text
    assert "<b>" not in text
    assert "<script" not in text


def test_targets_from_a_file(call, tmp_path):
    (tmp_path / "y.csv").write_text("label\n" + "0\n" * 90 + "1\n" * 10)
    said = json.loads(call("judge", "0.3", "--data", tmp_path / "y.csv", "--format", "json").out)
    assert said["task"] == "binary"
    assert said["baseline"] == pytest.approx(0.32508, abs=1e-5)
    assert said["inferred"]["column"] == "label"


@pytest.mark.parametrize(
    "line",
    [
        "judge",
        "judge 0.8",
        "judge eight --task binary",
        "judge 0.8 --task cooking",
        "judge 0.8 --loss nonsense",
        "judge 0.8 --task multiclass --classes 0",
        "judge 0.8 --task binary --priors 0.5,0.4",
        "judge 0.8 --task binary --priors a,b",
        "judge 0.8 --task binary --data nowhere.csv",
        "judge 0.8 --task binary --reduction sum",
        "judge 0.8 --task multiclass --weights balanced",
        "judge 0.8 --task binary --target recall=much",
        "judge 0.8 --task binary --metric recall",
        "judge 0.8 --loss triplet --parameter gamma=1",
        "judge 0.8 --task regression --std 0",
        "judge --nonsense 0.8",
        "losses nonsense",
        "losses cross-entropy --logits 1,2",
        "losses cross-entropy --logits 1,2 --target 7",
        "losses --task cooking",
        "choose",
        "choose --task cooking",
        "choose --task regression --target-type nonsense",
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_cannot_be_meant_is_one_clear_sentence(call, line, lang):
    ended = call(*line.split(), "--lang", lang)
    assert ended.code == 2
    assert ended.out == ""
    assert len(ended.err.strip().splitlines()) == 1
    assert "judge." not in ended.err
    assert "fault of losscompass" not in ended.err


def test_a_negative_value_is_a_value(call):
    assert json.loads(call("judge", "-0.5", "--task", "binary", "--format", "json").out)["place"] == "impossible"


def test_the_tasks_of_the_help_are_the_tasks():
    assert tuple(tasks.TASKS) == TASKS


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_complaint_has_words(lang):
    folder = Path(tasks.__file__).parent
    keys = {
        node.args[0].value
        for path in [*folder.glob("*.py"), *(folder.parent / "cli").glob("*.py")]
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Unfit"
        and isinstance(node.args[0], ast.Constant)
    }
    assert len(keys) > 15
    assert [key for key in keys if not catalogue(lang).has(f"error.judge.{key}")] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_named_fault_has_words(lang):
    words = catalogue(lang)
    causes = {fault.cause for loss in ALL for fault in loss.faults} | {"loss-reduction-wrong", "chance-level-loss"}
    assert sorted(cause for cause in causes if cause_words(cause, words) == cause) == []
    assert note_words("target-unknown", words) != "target-unknown"


def test_read_carries_the_scale(call, tmp_path):
    log = write_log(tmp_path)
    told = json.loads(call("read", log, "--task", "multiclass", "--classes", "10", "--format", "json").out)
    judged = told["runs"][0]["judgement"]
    assert judged["loss"] == "cross-entropy"
    assert judged["start"] == pytest.approx(2.302585, abs=1e-6)
    assert "S " in call("read", log, "--task", "multiclass", "--classes", "10").out
    assert json.loads(call("read", log, "--format", "json").out)["runs"][0]["judgement"] is None


def test_read_infers_the_task_from_names(call, tmp_path):
    log = tmp_path / "log.csv"
    log.write_text("step,train/rmse,train/perplexity,loss\n" + "".join(f"{i},1,9,{3 - i / 50}\n" for i in range(100)))
    run = json.loads(call("read", log, "--classes", "50257", "--format", "json").out)["runs"][0]
    assert run["inferred"]["task"] == "language-model"
    assert run["judgement"]["inferred"]["task"] == "language-model"

"""What the other tools are fed and how their answers are counted. None of them is needed here."""

import json
import math
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from zoo.manifest import programs  # noqa: E402
from zoo.peer_tools import (  # noqa: E402
    GUESTS,
    Loop,
    NoAnswerError,
    Norms,
    Remark,
    curves_of,
    epochs,
    hosting,
    read_log,
    write_log,
)
from zoo.peers import (  # noqa: E402
    HINTS,
    Answer,
    Judged,
    cell,
    counts,
    judge,
    keep,
    names,
    read_answer,
    table,
    without_hints,
    words,
)

from losscompass.readers.discover import gather  # noqa: E402
from zoo import peer_tools  # noqa: E402

CAUSES = (ROOT / "zoo" / "causes.txt").read_text("utf-8").split()


def program(cause: str | None):
    return next(p for p in programs() if p.causes[:1] == ((cause,) if cause else ()))


def answer(*remarks: Remark) -> Answer:
    return Answer("tool", "program", 0, remarks)


# The words


def test_every_cause_has_words_and_there_are_no_others() -> None:
    assert set(words()) == set(CAUSES)


@pytest.mark.parametrize("cause", CAUSES)
def test_no_cause_is_named_by_nothing_or_by_a_symptom(cause: str) -> None:
    for text in (
        "",
        "The loss is diverging.",
        "Loss never improved over the run.",
        "Loss spiked 3 times",
        "NaN in loss",
    ):
        assert not names([cause], text)


@pytest.mark.parametrize(
    ("cause", "text"),
    [
        ("learning-rate-too-high", "Learning rate likely too high"),
        ("learning-rate-too-high", "Lower the peak learning rate 2-10x"),
        ("learning-rate-too-low", "LR too low: Loss is decreasing too slowly to be efficient."),
        ("backward-missing", "No gradients found in the model. Did you forget `loss.backward()`?"),
        ("step-missing", "Weights are not updated: `optimizer.step()` missing"),
        ("parameters-frozen", "parameters frozen (`requires_grad=False`)"),
        ("dead-relu", "Activation Collapse (Dead Neurons): 99% of neurons are dead"),
        ("dead-relu", "Dying ReLU proxy"),
        ("vanishing-gradients", "Vanishing gradients detected"),
        ("exploding-gradients", "Global gradient norm: Gradient Explosion"),
        ("overfitting", "Classic overfitting"),
        ("inputs-not-scaled", "Suspicious Data Range: Input values range from 0 to 255"),
        ("label-noise", "Label noise floor: Audit labels, class balance"),
        ("train-validation-leak", "Check the train/validation split and preprocessing for leakage."),
        ("batch-norm-small-batch", "Tiny Batch Size: Tiny batch size (2) detected with BatchNorm layers."),
        ("embedding-collapse", "Rank collapse in encoder"),
    ],
)
def test_words_are_found_in_what_tools_say(cause: str, text: str) -> None:
    assert names([cause], text)


@pytest.mark.parametrize(
    ("cause", "text"),
    [
        ("learning-rate-too-low", "Learning rate likely too high"),
        ("class-imbalance", "Inter-layer weight norm imbalance"),
        ("train-validation-leak", "Switch from ReLU to LeakyReLU"),
        ("low-precision", "Linear dims (64 -> 10) not divisible by 8 (FP16 misaligned)."),
        ("overfitting", "Overfit a single batch first"),
        ("tensor-layout-wrong", "Suboptimal Memory Layout: Conv2d layers detected in NCHW format."),
    ],
)
def test_words_do_not_stretch_to_what_means_something_else(cause: str, text: str) -> None:
    assert not names([cause], text)


# The counting


def test_a_cause_counts_as_named_anywhere_in_a_loud_remark_and_as_first_in_the_first_alone() -> None:
    faulty = program("missing-zero-grad")
    flat = Remark(
        "flat", True, "The loss is flat", causes=("A frozen layer", "zero_grad() is missing"), fixes=("Wait",)
    )
    assert judge(faulty, answer(flat)) == Judged(False, flagged=True, named=True, first=False)
    sure = Remark("sure", True, "The loss is flat", causes=("zero_grad() is missing",))
    assert judge(faulty, answer(sure)) == Judged(False, flagged=True, named=True, first=True)
    assert judge(faulty, answer(Remark("other", True, "Something"), sure)).first is False
    assert judge(faulty, answer(Remark("long", True, "Flat", detail="zero_grad()"))) == Judged(False, True, True, False)


def test_a_quiet_remark_counts_for_nothing() -> None:
    quiet = Remark("note", False, "zero_grad() is missing")
    assert judge(program("missing-zero-grad"), answer(quiet)) == Judged(False)
    assert judge(program(None), answer(quiet)) == Judged(True)


def test_no_answer_says_nothing_and_is_counted() -> None:
    none = Answer("tool", "program", 0, None, "too few epochs")
    assert judge(program("missing-zero-grad"), none) == Judged(False, answered=False)
    assert without_hints(none) is none


def test_hints_are_left_out_by_id() -> None:
    kept = Remark("TA100", True, "NaN")
    said = answer(*(Remark(hint, True, "") for hint in sorted(HINTS)), kept)
    assert without_hints(said).remarks == (kept,)


def test_the_columns_are_of_the_faulty_of_the_healthy_and_of_all() -> None:
    several = [
        Judged(False, flagged=True, named=True, first=True),
        Judged(False, flagged=True, named=True),
        Judged(False, flagged=True),
        Judged(False, answered=False),
        Judged(True, flagged=True),
        Judged(True),
    ]
    assert counts(several) == ((3, 4), (2, 4), (1, 4), (1, 2), (1, 6))
    assert cell(0, 0) == "-"
    assert cell(5, 5) == "5/5 100% [48%, 100%]"
    head, line = table({"a tool": several})
    assert [name in head for name in ("faulty flagged", "cause named first", "healthy alarms")] == [True] * 3
    assert line.split("]")[0].split() == ["a", "tool", "3/4", "75%", "[19%,", "99%"]
    assert line.endswith(" 1/6")


def test_an_answer_is_kept_as_it_was(tmp_path: Path) -> None:
    said = answer(Remark("id", True, "says", ("a", "b"), ("c",), "detail"))
    for one in (said, Answer("tool", "program", 1, None, "why", 2.5)):
        keep(one, tmp_path / "answer.json")
        assert read_answer(tmp_path / "answer.json") == one


# What log tools are fed

CURVES = {
    "loss": [(0.0, 2.3), (1.0, 1.7e-05), (2.0, math.nan), (3.0, math.inf)],
    "eval_loss": [(2.0, 2.0), (4.0, 1.5)],
    "lr": [(float(step), 0.1 / (step + 1)) for step in range(4)],
    "grad_norm": [(float(step), 1 / 3) for step in range(4)],
}


def test_the_log_is_what_our_readers_read_back(tmp_path: Path) -> None:
    (run,) = gather([str(write_log(CURVES, tmp_path / "run.csv"))]).runs
    assert {run.curves["train"], run.curves["val"]} == {"train/loss", "val/loss"}
    back = curves_of(run)
    for name, column in CURVES.items():
        assert [step for step, _ in back[name]] == [step for step, _ in column]
        assert [value for _, value in back[name]] == pytest.approx([value for _, value in column], rel=0, nan_ok=True)


def test_a_run_that_holds_samples_of_the_norm_alone_is_given_all_of_it(tmp_path: Path) -> None:
    few = CURVES | {"grad_norm": [(0.0, 1.0)]}
    (run,) = gather([str(write_log(few, tmp_path / "run.csv"))]).runs
    assert curves_of(run, [1.0, 2.0, 3.0])["grad_norm"] == [(0.0, 1.0), (1.0, 2.0), (2.0, 3.0)]
    assert curves_of(run, [])["grad_norm"] == [(0.0, 1.0)]
    assert curves_of(None) == {}


def test_an_epoch_is_what_lies_between_two_validations() -> None:
    losses = [(float(step), float(step)) for step in range(6)]
    assert epochs({"loss": losses, "eval_loss": [(0.0, 9.0), (2.0, 8.0), (6.0, 7.0)]}) == ([0.5, 3.5], [8.0, 7.0])
    assert epochs({"loss": losses}) == ([], [])
    assert math.isnan(epochs({"loss": [(0.0, math.inf)], "eval_loss": [(1.0, 1.0)]})[0][0])


def test_a_run_without_a_loss_is_asked_of_nobody(tmp_path: Path) -> None:
    with pytest.raises(NoAnswerError, match="no training loss"):
        read_log("runmedic", {"lr": [(0.0, 0.1)]}, tmp_path)


# What hook tools are told


class Diary:
    """A guest that notes what it is told."""

    def __init__(self) -> None:
        self.lines: list[tuple] = []

    def attach(self, model, optimizer) -> None:
        self.lines.append(("attach", type(model).__name__, type(optimizer).__name__))

    def before_step(self, optimizer) -> None:
        self.lines.append(("before", type(optimizer).__name__))

    def iteration(self, model, loss) -> None:
        self.lines.append(("iteration", type(model).__name__, loss))

    def answer(self, complete: bool) -> list[Remark]:
        return [Remark("lines", complete, str(self.lines))]


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.head = nn.Linear(2, 2), nn.Linear(2, 1)

    def forward(self, x):
        return self.head(self.body(x))


def test_a_loop_is_seen_from_outside_and_left_as_it_was() -> None:
    before = (nn.Module.__init__, nn.Module.__call__, torch.optim.Optimizer.__init__, torch.autograd.backward)
    guest = Diary()
    with Loop(guest).seen():
        net = Net()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.0)
        for _ in range(2):
            with torch.no_grad():
                net(torch.ones(1, 2))
            optimizer.zero_grad()
            (0.0 * net(torch.ones(1, 2)).sum() + 3.0).backward()
            optimizer.step()
    steps = [("before", "SGD"), ("iteration", "Net", 3.0)]
    assert guest.lines == [("attach", "Net", "SGD"), *steps, *steps]
    after = (nn.Module.__init__, nn.Module.__call__, torch.optim.Optimizer.__init__, torch.autograd.backward)
    assert after == before


def test_the_model_is_the_outermost_module_though_a_part_of_it_is_called() -> None:
    guest = Diary()
    with Loop(guest).seen():
        net = Net()
        torch.optim.SGD(net.parameters(), lr=0.1)
        net.head(net.body(torch.ones(1, 2)))
    assert guest.lines == [("attach", "Net", "SGD")]


def test_each_of_two_models_is_told_of_its_own_steps() -> None:
    guest = Diary()
    with Loop(guest).seen():
        one, other = nn.Linear(1, 1), nn.Bilinear(1, 1, 1)
        first, second = torch.optim.SGD(one.parameters(), lr=0.0), torch.optim.Adam(other.parameters(), lr=0.0)
        x = torch.ones(1, 1)
        for _ in range(2):
            (0.0 * one(x).sum() + 1.0).backward()
            first.step()
            (0.0 * other(x, x).sum() + 2.0).backward()
            second.step()
    told = [line for line in guest.lines if line[0] == "iteration"]
    assert told == [("iteration", "Linear", 1.0), ("iteration", "Bilinear", 2.0)] * 2


def test_an_optimizer_that_is_made_anew_takes_over() -> None:
    guest = Diary()
    with Loop(guest).seen():
        net = nn.Linear(1, 1)
        for _ in range(6):
            optimizer = torch.optim.SGD(net.parameters(), lr=0.0)
            net(torch.ones(1, 1)).sum().backward()
            optimizer.step()
    assert sum(line[0] == "iteration" for line in guest.lines) >= 2


def test_a_loop_that_never_steps_and_one_without_backward_are_told_too() -> None:
    guest = Diary()
    with Loop(guest).seen():
        net = Net()
        torch.optim.SGD(net.parameters(), lr=0.0)
        for _ in range(3):
            (0.0 * net(torch.ones(1, 2)).sum() + 1.0).backward()
    assert [line[-1] for line in guest.lines if line[0] == "iteration"] == [1.0, 1.0]

    guest = Diary()
    with Loop(guest, curve=[5.0, 4.0]).seen():
        net = Net()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.0)
        for _ in range(3):
            net(torch.ones(1, 2))
            optimizer.step()
    assert [line[-1] for line in guest.lines if line[0] == "iteration"] == [5.0, 4.0, None]


def test_the_norms_are_those_before_each_step() -> None:
    guest = Norms()
    with Loop(guest).seen():
        net = nn.Linear(1, 1, bias=False)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.0)
        for scale in (3.0, 4.0):
            optimizer.zero_grad()
            (net(torch.ones(1, 1)) * scale).sum().backward()
            optimizer.step()
    assert [one.says for one in guest.answer(complete=True)] == ["3.0", "4.0"]


def test_what_a_guest_says_is_written_also_where_the_script_ends_badly(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setitem(GUESTS, "diary", Diary)
    with pytest.raises(ZeroDivisionError), hosting("diary", tmp_path / "said.json"):
        raise ZeroDivisionError
    assert json.loads((tmp_path / "said.json").read_text())["remarks"][0]["loud"] is False

    def broken(self: Diary, complete: bool) -> list[Remark]:
        raise RuntimeError("no")

    monkeypatch.setattr(Diary, "answer", broken)
    with hosting("diary", tmp_path / "said.json"):
        pass
    assert json.loads((tmp_path / "said.json").read_text()) == {"why": "RuntimeError: no"}


def test_a_tool_is_loaded_when_it_is_asked_and_not_before() -> None:
    peers = {"runmedic", "trainproof", "training_doctor", "sk_autod", "torchmortem", "torch_audit"}
    assert not peers & set(sys.modules)
    assert set(peer_tools.HOOK_TOOLS) == {"torchmortem", "torch-audit"}

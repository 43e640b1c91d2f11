"""Where, when and how often: places, the budget, the position, passes of validation, numbers on their way from a device."""

import sys
import warnings

import pytest
import torch
from torch import nn

from losscompass.watcher import budget as budgets
from losscompass.watcher.budget import ALWAYS, GRACE, SHARE, Budget
from losscompass.watcher.coverage import Coverage
from losscompass.watcher.deferred import MOST, Deferred
from losscompass.watcher.forward import Forward
from losscompass.watcher.loop import Loop
from losscompass.watcher.losses import LossSite, Validation
from losscompass.watcher.patches import Patches
from losscompass.watcher.places import Places, assigned_name, receiver, statement
from losscompass.watcher.xray import walk

# -- places -----------------------------------------------------------------------------------------------------------------

SCRIPT = """
def outer(get):
    return inner(
        get,
        1,
    )

def inner(get, _):
    if True:
        found = [
            get()
            for _ in (0,)
        ]
    return found[0]

class Model:
    def forward(self, get): return get()
"""


@pytest.fixture
def script(tmp_path):
    file = tmp_path / "train.py"
    file.write_text(SCRIPT, "utf-8")
    names = {}
    exec(compile(SCRIPT, str(file), "exec"), names)
    return names


def test_a_place_is_the_users_innermost_line(tmp_path, script):
    places = Places(str(tmp_path))
    get = lambda: places.spot(1)  # noqa: E731
    spot = script["outer"](get)
    file, line, text, function = places.place(spot)
    assert (file, line, function.partition(".")[0]) == ("train.py", 11, "inner") or function == ""
    assert text == "found = [\n    get()\n    for _ in (0,)\n]"
    assert script["outer"](get) is spot
    assert places.place(script["Model"]().forward(get))[3] == "Model.forward"


def test_a_line_of_a_library_is_nobodys(script):
    places = Places()
    own = sys._getframe().f_code
    assert places.frame(0).f_code is own
    assert min([3], key=lambda _: places.spot(0).line) == 3
    frame = __import__("functools").reduce(lambda _, __: places.frame(0), [1, 2])
    assert frame.f_code.co_filename == __file__


@pytest.mark.parametrize("line", [3, 4, 5, 6])
def test_a_statement_over_several_lines_is_shown_whole(tmp_path, script, line):
    assert statement(str(tmp_path / "train.py"), line) == "return inner(\n    get,\n    1,\n)"


def test_lines_without_a_source():
    assert statement("<nowhere>", 3) == ""
    assert statement(__file__, 10**6) == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("opt = SGD(p)", "opt"),
        ("self.opt_g: O = SGD(p)", "opt_g"),
        ("a, b = 1, 2", ""),
        ("a = b = c", ""),
        ("x[0].y = 1", "y"),
        ("f(", ""),
    ],
)
def test_the_name_on_the_left(text, name):
    assert assigned_name(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("loss.backward()", "loss"),
        ("(loss / 4).backward()", "loss"),
        ("scaler.scale(loss).backward()", "loss"),
        ("self.total_loss.backward(retain_graph=True)", "total_loss"),
        ("losses['g'].backward()", "losses"),
        ("step(\n  loss\n)", ""),
    ],
)
def test_what_is_propagated_back(text, name):
    assert receiver(text, "backward") == name


def test_a_warning_inside_a_wrapped_function_names_the_line_that_it_names_without():
    class Library:
        @staticmethod
        def warned(level):
            warnings.warn("careful", stacklevel=level)

    def call(level):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            Library.warned(level)
        return [(one.filename, one.lineno) for one in caught]

    patches = Patches(lambda: False)
    found = []
    for put in (None, patches.follow, patches.surround):
        if put is not None:
            assert put(Library, "warned", *[lambda *_: None] * (1 + (put == patches.surround)))
            assert put(Library, "warned", *[lambda *_: None] * (1 + (put == patches.surround))) is False  # not twice
        found.append([call(level) for level in (1, 2, 3)])
        patches.undo()
    assert found[0] == found[1] == found[2]
    assert not hasattr(Library.warned, "__losscompass__")


# -- the budget -------------------------------------------------------------------------------------------------------------


def test_looks_take_their_share_of_the_time_and_no_more(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(budgets, "perf_counter", lambda: now[0])
    budget = Budget()
    spent = 0.0
    for _ in range(20_000):  # steps of 10 ms, looks of 4 ms
        now[0] += 0.01
        if budget.allows():
            began = now[0]
            now[0] += 0.004
            budget.charge(began)
            spent += 0.004
    assert spent <= GRACE + SHARE * now[0] + 0.004
    assert spent >= GRACE + SHARE * now[0] - 0.01
    assert budget.spent == pytest.approx(spent)


def test_x_rays_are_the_first_steps_and_then_ever_rarer(monkeypatch):
    monkeypatch.setattr(budgets, "perf_counter", lambda: 0.0)
    budget = Budget()
    seen = [step for step in range(5000) if budget.xray(step)]
    assert seen[:ALWAYS] == [0, 1, 2]
    assert seen[-5:] == [30, 100, 300, 1000, 3000]
    budget.spent = 1e9
    assert not any(budget.xray(step) for step in range(5000, 200_000))
    assert budget.xray(0)


# -- the position -------------------------------------------------------------------------------------------------------------


def weights():
    return [torch.ones(2, requires_grad=True)]


def step(loop, optimizer):
    loop.before_backward(retain=False, spot=None)
    loop.after_backward(None)
    loop.after_step(loop.before_step(optimizer, closure=False, depth=1))
    return loop.position


def test_with_several_optimisers_the_one_that_steps_most_often_counts():
    loop, critic, generator = Loop(Places()), torch.optim.SGD(weights(), 0.1), torch.optim.SGD(weights(), 0.1)
    assert [step(loop, one) for one in (critic, generator) * 3] == [1, 1, 2, 2, 3, 3]
    loop = Loop(Places())
    positions = [step(loop, one) for one in [generator, *[critic] * 5] * 4]
    assert positions[-1] - positions[5] == 15  # five a round, but for the first
    assert positions == sorted(positions)


def test_an_optimiser_that_comes_after_another_is_counted_on():
    loop, first, second = Loop(Places()), torch.optim.SGD(weights(), 0.1), torch.optim.SGD(weights(), 0.1)
    assert [step(loop, first) for _ in range(5)] == [1, 2, 3, 4, 5]
    assert [step(loop, second) for _ in range(5)] == [5, 6, 7, 8, 9]
    third = torch.optim.SGD(weights(), 0.1)
    del first, second
    assert step(loop, third) == 10


def test_what_no_step_ends_does_not_grow():
    loop, optimizer = Loop(Places()), torch.optim.SGD(weights(), 0.1)
    for _ in range(5000):
        loop.cleared(optimizer, 1)
    assert len(loop.letters) < 1000


# -- coverage -----------------------------------------------------------------------------------------------------------------


def test_what_is_held_against_what_is_reached():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.used, self.unheld, self.unused, self.frozen = (nn.Linear(3, 3) for _ in range(4))
            self.frozen.requires_grad_(False)
            self.hidden = [nn.Linear(3, 3)]

        def forward(self, x):
            return self.frozen(self.hidden[0](self.unheld(self.used(x))))

    model = Net()
    places = Places()
    loop, forward = Loop(places), Forward(torch, places)
    forward.put_up(lambda _, look: look, xray=False)
    loss = model(torch.ones(2, 3)).sum()
    forward.take_away()
    held = [*model.used.parameters(), *model.unused.parameters(), *model.frozen.parameters()]
    optimizer = torch.optim.SGD(held, lr=0.1)
    state = loop.made(optimizer, None)
    coverage = Coverage(torch, loop, forward)
    reached = walk(loss.grad_fn).leaves
    assert coverage.reached(reached) == {state.number}
    found = coverage.figures(state)
    expected = {"held": 6, "held_frozen": 2, "held_not_reached": 2, "model_parameters": 8, "model_reached": 4}
    expected |= {"reached_held": 2, "reached_not_held": 2, "unregistered": 2, "frozen": 2, "cut": 0}
    assert {key: found[key] for key in expected} == expected
    assert set(found["reached_not_held_names"]) == {"unheld.weight", "unheld.bias"}
    assert found["held_not_reached_names"] == ("unused.weight", "unused.bias")
    assert found["frozen_share"] == 0.25
    assert found["reached_not_held_share"] == pytest.approx(1 / 3)
    assert coverage.figures(state) is None


# -- numbers on a device ------------------------------------------------------------------------------------------------------


class OnDevice(torch.Tensor):
    """A tensor that says it is not on the CPU, and counts how often somebody waits for its numbers."""

    waits = 0

    is_cpu = property(lambda self: False)
    device = property(lambda self: torch.device("meta"))

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if func.__name__ in {"item", "tolist", "cpu", "__float__", "__bool__", "numpy", "any"}:
            cls.waits += 1
        return super().__torch_function__(func, types, args, kwargs or {})


def test_numbers_leave_a_device_in_batches():
    OnDevice.waits = 0
    deferred, arrived = Deferred(torch), []
    for at in range(3 * MOST):
        deferred.give([torch.tensor(float(at)).as_subclass(OnDevice), 0.5], arrived.append)
    deferred.flush()
    assert arrived == [[float(at), 0.5] for at in range(3 * MOST)]
    assert OnDevice.waits <= 4
    deferred.give([1.0], arrived.append)
    assert arrived[-1] == [1.0]
    assert OnDevice.waits <= 4


def test_a_pass_of_validation_is_the_mean_over_its_samples():
    written = []
    deferred = Deferred(torch)
    validation = Validation(deferred)
    site, other = LossSite(0, "mse_loss", None), LossSite(1, "l1_loss", None)
    values, counts = [2.0, 4.0, 9.0], [10, 10, 1]
    validation.loader = 1
    for value, count in zip(values, counts, strict=True):
        validation.add(site, value, count)
        validation.add(other, torch.tensor(value / 2), count)
    validation.loader = 0  # the training data, evaluated
    validation.add(site, 100.0, 10)
    validation.close(lambda names: lambda position, value: written.append((*names, position, value)), 7, 0)
    deferred.flush()
    mean = sum(a * b for a, b in zip(values, counts, strict=True)) / 21
    told = {name: value for name, _, value in written}
    assert told == pytest.approx({"val/loss": mean * 1.5, "val/loss/mse_loss": mean, "val/loss/l1_loss": mean / 2})
    assert {position for _, position, _ in written} == {7}
    assert (validation.passes, validation.batches, bool(validation)) == (1, 0, False)

"""Nothing of the user's is kept alive, and what is kept of a run does not grow with it."""

import gc
import tracemalloc
import weakref
from collections import Counter

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from watching import Gathered, watched


def alive():
    gc.collect()
    return sum(issubclass(type(one), torch.Tensor) for one in gc.get_objects())


def sizes(thing, seen=None):
    """How many entries all containers of a session have, those of torch and of the user left out."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    if isinstance(thing, dict | Counter):
        return len(thing) + sum(sizes(one, seen) for one in [*thing.keys(), *thing.values()])
    if isinstance(thing, list | tuple | set | frozenset):
        return len(thing) + sum(sizes(one, seen) for one in list(thing))
    if not type(thing).__module__.startswith("losscompass"):
        return 0
    names = [
        *getattr(thing, "__dict__", ()),
        *(name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())),
    ]
    return sum(sizes(getattr(thing, name, None), seen) for name in names)


@pytest.mark.parametrize("step", [0, 1, 5], ids="step {}".format)
@pytest.mark.parametrize("trained", [True, False], ids=["trained", "only computed"])
def test_what_the_user_drops_is_gone(step, trained):
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    kept = []
    model[1].register_forward_hook(lambda module, args, out: kept.append(weakref.ref(out)))

    def one():
        kept.clear()
        x, y = torch.randn(6, 4), torch.zeros(6).long()
        scores = model(x)
        loss = nn.functional.cross_entropy(scores, y)
        total = loss + nn.functional.mse_loss(scores, torch.zeros(6, 2))
        kept.extend(weakref.ref(one) for one in (x, y, scores, loss, total))
        if trained:
            optimizer.zero_grad()
            total.backward()

    with watched() as session:
        for _ in range(step):
            one()
            if trained:
                optimizer.step()
        one()
        assert len(kept) == 6
        gc.disable()  # nothing may hang in a cycle
        try:
            assert [ref() for ref in kept] == [None] * 6
        finally:
            gc.enable()
        if trained:
            optimizer.step()
        module, held = weakref.ref(model), weakref.ref(optimizer)
        kept.clear()
        del model, optimizer, one
        gc.collect()
        assert (module(), held()) == (None, None)
        assert session.gathered.named("loss-call")


def test_a_validation_without_no_grad_keeps_no_graph():
    model = nn.Sequential(nn.Linear(4, 50), nn.Tanh(), nn.Linear(50, 1))
    x = torch.randn(20, 4)

    def peak():
        saved = []
        most = 0
        for _ in range(12):
            out = model(x)
            loss = nn.functional.mse_loss(out, torch.zeros(20, 1))
            saved.append(weakref.ref(out))
            del out, loss
            most = max(most, sum(ref() is not None for ref in saved))
        return most

    assert peak() == 0
    with watched() as session:
        assert session._xray
        assert peak() <= 1  # while lines are noted, Python keeps a copy of a frame's locals, some from the line before


def test_live_tensors_are_as_many():
    def count():
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
        optimizer = torch.optim.Adam(model.parameters())
        batches = DataLoader(TensorDataset(torch.randn(40, 4), torch.randn(40, 1)), batch_size=8)
        found = []
        for x, y in batches:
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(x), y)
            found.append(alive())
            loss.backward()
            optimizer.step()
            found.append(alive())
        return found

    plain = count()
    with watched() as session:
        found = count()
        ours = len(session.inputs.prints._factors)  # the multipliers of the fingerprints: one small tensor a width
    more = [a - b for a, b in zip(found, plain, strict=True)]
    assert max(more[1::2]) <= ours == 1  # after each step
    assert (
        max(more[0::2]) <= ours + 3
    )  # before a backward the copy of the frame's locals may hold the last x, y and loss


def test_memory_does_not_grow_with_the_steps():
    weight = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=1e-3)
    zero = torch.ones(1)
    loss_of = nn.functional.mse_loss

    def train(steps):
        for _ in range(steps):
            optimizer.zero_grad()
            loss_of(weight, zero).backward()
            optimizer.step()

    with watched(Gathered(keep=False)) as session:
        train(1500)
        entries = sizes(session)
        gc.collect()
        tracemalloc.start()
        train(100)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        train(2500)
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        assert session.loop.position == 4100
    assert grown < 30_000, f"{grown} bytes in 2,500 steps"
    assert sizes(session) <= entries + 1000  # the labels that were seen are counted up to a limit


ROUND = """
model = nn.Linear(3, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
for x, in DataLoader(TensorDataset(torch.randn(4, 3)), batch_size=2):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), torch.tensor([0, 1]))
    loss.backward()
    optimizer.step()
scheduler.step()
"""


def test_what_is_made_again_and_again_is_not_remembered_for_ever(monkeypatch):
    for name, limit in (
        ("losses._SITES", 16),
        ("places._MOST", 40),
        ("batches.FINGERPRINTS", 50),
        ("schedulers._MOST", 4),
    ):
        module, _, constant = name.partition(".")
        monkeypatch.setattr(f"losscompass.watcher.{module}.{constant}", limit)
    with watched(Gathered(keep=False)) as session:
        monkeypatch.setattr(session.budget, "allows", lambda: False)
        names = {"torch": torch, "nn": nn, "DataLoader": DataLoader, "TensorDataset": TensorDataset}

        def rounds(start, count):
            for number in range(start, start + count):
                # code of its own each time, as a notebook's cells are
                exec(compile(ROUND, f"<ipython-input-{number}>", "exec"), dict(names))

        def largest(start, count):
            # Places are remembered up to a limit (40 here, one a round) and then begun anew: only the height tells, not a moment.
            found = []
            for at in range(start, start + count, 4):
                rounds(at, 4)
                gc.collect()
                found.append(sizes(session))
            return max(found)

        rounds(0, 260)  # more than the 256 optimisers and loaders that are remembered
        before = largest(260, 100)
        after = largest(360, 100)
        assert after <= before * 1.02 + 20, (before, after)
        assert session.probes.broken == set()

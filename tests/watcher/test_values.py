"""The curves of a watched loop hold what the loop itself would have printed, whatever the style it is written in."""

import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

sys.path.insert(0, str(Path(__file__).parent))

import torch.nn.functional as F  # noqa: E402, N812
from memory import Memory  # noqa: E402
from torch import nn  # noqa: E402

from losscompass.watcher import install  # noqa: E402


@pytest.fixture
def data():
    generator = torch.Generator().manual_seed(0)
    return torch.randn(64, 5, generator=generator), torch.randint(0, 3, (64,), generator=generator)


@pytest.fixture
def net():
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 3))


def watched(loop):
    memory = Memory()
    session = install(memory)
    try:
        expected = loop()
    finally:
        session.finish()
    assert not session.probes.broken
    return memory, expected


def batches(x, y):
    return zip(x.split(16), y.split(16), strict=True)


def test_accumulated_micro_batches_are_one_step_of_their_mean(net, data):
    def loop():
        optimizer, seen = torch.optim.Adam(net.parameters(), lr=0.01), []
        for _ in range(12):
            optimizer.zero_grad()
            values = []
            for x, y in batches(*data):
                loss = F.cross_entropy(net(x), y)
                values.append(loss.item())
                (loss / 4).backward()
            optimizer.step()
            seen.append(sum(values) / 4)
        return seen

    memory, expected = watched(loop)
    assert memory.values("train/loss") == pytest.approx(expected)
    assert memory.steps("train/loss") == list(range(12))
    assert memory.last("loop")["backwards_per_step"] == 4
    assert memory.last("graph")["scaled_by"] == 0.25


def test_a_scaled_loss_is_recorded_unscaled(net, data):
    x, y = data

    def loop():
        optimizer, scaler, seen = torch.optim.SGD(net.parameters(), lr=0.1), torch.amp.GradScaler("cpu"), []
        for _ in range(12):
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = F.cross_entropy(net(x), y)
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(net.parameters(), 0.2)
            scaler.step(optimizer)
            scaler.update()
            seen.append(loss.item())
        return seen

    memory, expected = watched(loop)
    assert memory.values("train/loss") == pytest.approx(expected)
    figures = memory.last("loop")
    assert figures["scaled"]
    assert figures["clips"] == 12
    assert figures["clip_norm"] == 0.2
    assert figures["clips_biting"] == sum(norm > 0.2 for norm in memory.values("grad_norm"))


def test_a_closure_is_one_step(net, data):
    x, y = data

    def loop():
        optimizer, seen = torch.optim.LBFGS(net.parameters(), max_iter=4), []
        for _ in range(5):
            values = []

            def closure(values=values):
                optimizer.zero_grad()
                loss = F.cross_entropy(net(x), y)
                loss.backward()
                values.append(loss.item())
                return loss

            optimizer.step(closure)
            seen.append(sum(values) / len(values))
        return seen

    memory, expected = watched(loop)
    assert memory.values("train/loss") == pytest.approx(expected)
    assert memory.last("loop")["steps_without_gradient"] == 0
    assert memory.last("loop")["backwards_onto_old"] == 0


def test_a_sum_is_recorded_with_its_parts(net, data):
    x, y = data

    def loop():
        optimizer, seen = torch.optim.SGD(net.parameters(), lr=0.1), []
        for _ in range(8):
            scores = net(x)
            entropy = F.cross_entropy(scores, y)
            penalty_loss = F.mse_loss(scores, torch.zeros_like(scores))
            loss = entropy + 0.1 * penalty_loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            seen.append((loss.item(), entropy.item(), penalty_loss.item()))
        return seen

    memory, expected = watched(loop)
    total, entropy, penalty = zip(*expected, strict=True)
    assert memory.values("train/loss") == pytest.approx(list(total))
    assert memory.values("train/loss/entropy") == pytest.approx(list(entropy))
    assert memory.values("train/loss/penalty") == pytest.approx(list(penalty))


def test_a_loop_without_an_optimiser_is_followed(data):
    x, _ = data

    def loop():
        weights, seen = torch.zeros(5, 1, requires_grad=True), []
        for _ in range(8):
            loss = ((x @ weights - 1) ** 2).mean()
            loss.backward()
            seen.append(loss.item())
            with torch.no_grad():
                weights -= 0.1 * weights.grad
                weights.grad.zero_()
        return seen

    memory, expected = watched(loop)
    assert memory.values("train/loss") == pytest.approx(expected)
    assert memory.steps("train/loss") == list(range(8))


@pytest.mark.parametrize("with_no_grad", [True, False])
def test_validation_is_one_point_a_pass(net, data, with_no_grad):
    def run(optimizer):
        total = 0.0
        for x, y in batches(*data):
            loss = F.cross_entropy(net(x), y)
            if optimizer is not None:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            total += loss.item()
        return total / 4

    def loop():
        optimizer, seen = torch.optim.SGD(net.parameters(), lr=0.1), []
        for _ in range(4):
            run(optimizer)
            with torch.set_grad_enabled(not with_no_grad):
                seen.append(run(None))
        return seen

    memory, expected = watched(loop)
    assert memory.values("val/loss") == pytest.approx(expected)
    assert memory.steps("val/loss") == [4, 8, 12, 16]
    assert len(memory.rows["train/loss"]) == 16


def test_adversaries_have_a_curve_each():
    def loop():
        torch.manual_seed(0)
        generator, critic = nn.Linear(2, 2), nn.Linear(2, 1)
        opt_g = torch.optim.Adam(generator.parameters())
        opt_d = torch.optim.Adam(critic.parameters())
        seen = []
        for _ in range(6):
            real, fake = torch.randn(16, 2), generator(torch.randn(16, 2))
            loss = F.binary_cross_entropy_with_logits(critic(real), torch.ones(16, 1))
            loss = loss + F.binary_cross_entropy_with_logits(critic(fake.detach()), torch.zeros(16, 1))
            opt_d.zero_grad()
            loss.backward()
            opt_d.step()
            first = loss.item()
            loss = F.binary_cross_entropy_with_logits(critic(fake), torch.ones(16, 1))
            opt_g.zero_grad()
            loss.backward()
            opt_g.step()
            seen.append((first, loss.item()))
        return seen

    memory, expected = watched(loop)
    ours, theirs = zip(*expected, strict=True)
    assert memory.values("train/loss") == pytest.approx(list(ours))
    assert memory.values("train/loss_g") == pytest.approx(list(theirs))
    for number in (0, 1):
        assert memory.last("loop", optimizer=number)["backwards_onto_old"] == 0
        assert memory.last("loop", optimizer=number)["steps_without_gradient"] == 0


def test_losses_that_nobody_back_propagates_are_still_shown(net, data):
    x, y = data

    def loop():
        optimizer, seen = torch.optim.SGD(net.parameters(), lr=0.1), []
        for _ in range(5):
            optimizer.zero_grad()
            loss = F.cross_entropy(net(x), y)
            optimizer.step()
            seen.append(loss.item())
        return seen

    memory, expected = watched(loop)
    assert memory.values("train/loss") == pytest.approx(expected)
    assert memory.last("loop")["steps_without_gradient"] == 5


def test_nothing_of_ours_stays_behind(net):
    before = (F.cross_entropy, torch.autograd.backward, torch.optim.Optimizer.zero_grad, nn.Module.train)
    hooks = dict(torch.nn.modules.module._global_forward_hooks)
    watched(lambda: net(torch.zeros(1, 5)))
    assert (F.cross_entropy, torch.autograd.backward, torch.optim.Optimizer.zero_grad, nn.Module.train) == before
    assert dict(torch.nn.modules.module._global_forward_hooks) == hooks
    assert sys.gettrace() is None
    assert torch._C._len_torch_function_stack() == 0

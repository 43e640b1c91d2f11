"""Predict the power of a wind turbine from weather; early stopping, best checkpoint kept on disk."""

from __future__ import annotations

import logging
import math
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset, random_split

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    samples: int = 2400
    batch_size: int = 64
    max_epochs: int = 40
    patience: int = 6
    learning_rate: float = 3e-3
    warmup_steps: int = 30
    seed: int = int(os.environ.get("ZOO_SEED", 0))


def simulate(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    wind = rng.weibull(2.0, n) * 8.0
    direction = rng.uniform(0, 2 * math.pi, n)
    temperature = rng.normal(10, 8, n)
    density = 1.225 * 288 / (273 + temperature)
    power = np.clip((wind**3) * density / 1500, 0, 2.0) * (wind > 3) * (1 - 0.1 * np.cos(direction) ** 2)
    features = np.column_stack([wind, np.sin(direction), np.cos(direction), temperature])
    return features, power + rng.normal(0, 0.05, n)


class PowerCurve(nn.Module):
    def __init__(self, n_features: int, hidden: int = 48) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(n_features, hidden), nn.GELU(), nn.Linear(hidden, hidden), nn.GELU(), nn.Linear(hidden, 1)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x).squeeze(-1)


def mean_loss(model: nn.Module, loader: DataLoader, criterion: nn.Module) -> float:
    model.eval()
    with torch.inference_mode():
        return sum(criterion(model(x), y).item() * len(y) for x, y in loader) / len(loader.dataset)


def train(settings: Settings) -> float:
    torch.manual_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    features, power = simulate(settings.samples, rng)
    cut = int(0.7 * settings.samples)
    features = (features - features[:cut].mean(0)) / features[:cut].std(0)
    x, y = torch.from_numpy(features).float(), torch.from_numpy(power).float()
    train_set, rest = TensorDataset(x[:cut], y[:cut]), TensorDataset(x[cut:], y[cut:])
    val_set, test_set = random_split(rest, [0.5, 0.5])
    loaders = {
        "train": DataLoader(train_set, settings.batch_size, shuffle=True),
        "val": DataLoader(val_set, 256),
        "test": DataLoader(test_set, 256),
    }
    model, criterion = PowerCurve(x.shape[1]), nn.HuberLoss(delta=0.5)
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings.learning_rate)
    total = settings.max_epochs * len(loaders["train"])

    def factor(step: int) -> float:
        if step < settings.warmup_steps:
            return (step + 1) / settings.warmup_steps
        return 0.5 * (1 + math.cos(math.pi * (step - settings.warmup_steps) / (total - settings.warmup_steps)))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
    best, waited = math.inf, 0
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = Path(folder) / "best.pt"
        for epoch in range(settings.max_epochs):
            model.train()
            for xb, yb in loaders["train"]:
                optimizer.zero_grad(set_to_none=True)
                loss = criterion(model(xb), yb)
                loss.backward()
                optimizer.step()
                schedule.step()
            val = mean_loss(model, loaders["val"], criterion)
            logger.info("epoch %d: last batch %.5f, validation %.5f", epoch, loss.item(), val)
            if val < best:
                best, waited = val, 0
                torch.save(model.state_dict(), checkpoint)
            else:
                waited += 1
                if waited > settings.patience:
                    logger.info("no better for %d epochs, stopping", waited)
                    break
        model.load_state_dict(torch.load(checkpoint))
    return mean_loss(model, loaders["test"], criterion)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    print(f"test loss: {train(Settings()):.5f}")

from __future__ import annotations

import os
from typing import Iterator

import torch
from torch import Tensor, nn
from torch.optim import Optimizer, RAdam

EVENTS = ("siren", "bark", "hum")


def clip(kind: int, g: torch.Generator) -> Tensor:
    """Forty frames of eight bands."""
    frames = 0.4 * torch.randn(40, 8, generator=g)
    t = torch.arange(40).float()
    start = int(torch.randint(0, 12, (), generator=g))
    if kind == 0:
        band = ((t / 4 + start).sin() * 3.5 + 3.5).round().long()
        frames[torch.arange(40), band] += 1.5
    elif kind == 1:
        for at in (start, start + 9, start + 18):
            frames[at : at + 3] += 1.2
    else:
        frames[:, start % 3 : start % 3 + 2] += 0.8
    return frames


def clips(n: int, seed: int) -> tuple[Tensor, Tensor]:
    g = torch.Generator().manual_seed(seed)
    kinds = torch.randint(0, 3, (n,), generator=g)
    return torch.stack([clip(int(k), g) for k in kinds]), kinds


class Encoder(nn.Module):
    def __init__(self, bands: int = 8, hidden: int = 24) -> None:
        super().__init__()
        self.gru = nn.GRU(bands, hidden, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.gru(x)[1][-1]


class Tagger(nn.Module):
    def __init__(self, encoder: Encoder, classes: int, hidden: int = 24) -> None:
        super().__init__()
        self.encoder = encoder
        self.classifier = nn.Sequential(nn.Linear(hidden, 24), nn.ReLU(), nn.Linear(24, classes))

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.encoder(x))


def minibatches(x: Tensor, y: Tensor, size: int) -> Iterator[tuple[Tensor, Tensor]]:
    for rows in torch.randperm(len(x)).split(size):
        yield x[rows], y[rows]


def epoch(model: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor) -> float:
    model.train()
    losses = []
    for xb, yb in minibatches(x, y, 30):
        loss = nn.functional.cross_entropy(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses).mean().item()


def main() -> None:
    seed = int(os.environ.get("ZOO_SEED", 5))
    torch.manual_seed(seed)
    x, y = clips(600, seed)
    x_val, y_val = clips(200, seed + 999)
    encoder = Encoder()
    model = Tagger(encoder, len(EVENTS))
    optimizer = RAdam(encoder.parameters(), lr=5e-4)
    for number in range(10):
        train_loss = epoch(model, optimizer, x, y)
        model.eval()
        with torch.no_grad():
            scores = model(x_val)
            val_loss = nn.functional.cross_entropy(scores, y_val).item()
            accuracy = (scores.argmax(1) == y_val).float().mean().item()
        print(f"epoch={number} train={train_loss:.3f} val={val_loss:.3f} accuracy={accuracy:.3f}")


if __name__ == "__main__":
    main()

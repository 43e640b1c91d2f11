"""The trainings that `bench_watch.py` measures: each gives a function that does one whole step, and its model."""

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name


class Block(nn.Module):
    """Two convolutions and a way around them (He et al., 2015)."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(after)
        self.around: nn.Module = nn.Identity()
        if stride != 1 or before != after:
            self.around = nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inner = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(inner + self.around(x))


def resnet18() -> nn.Module:
    """11.2 million parameters, for pictures of 32 × 32."""
    stages = [Block(64, 64, 1), Block(64, 64, 1)]
    for before, after in ((64, 128), (128, 256), (256, 512)):
        stages += [Block(before, after, 2), Block(after, after, 1)]
    head = (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))
    return nn.Sequential(nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(), *stages, *head)


class Transformer(nn.Module):
    """A language model of 14.9 million parameters."""

    def __init__(self, words: int = 5000, width: int = 384, layers: int = 6) -> None:
        super().__init__()
        self.words = nn.Embedding(words, width)
        layer = nn.TransformerEncoderLayer(width, 6, 4 * width, batch_first=True, norm_first=True)
        self.body = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.head = nn.Linear(width, words)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        mask = nn.Transformer.generate_square_subsequent_mask(words.shape[1])
        return self.head(self.body(self.words(words), mask=mask, is_causal=True)).transpose(1, 2)


class Tagger(nn.Module):
    """An LSTM over words."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(2000, 64)
        self.memory = nn.LSTM(64, 128, batch_first=True)
        self.tags = nn.Linear(128, 20)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        return self.tags(self.memory(self.words(words))[0]).transpose(1, 2)


def mlp() -> tuple[nn.Module, torch.Tensor, torch.Tensor]:
    model = nn.Sequential(
        nn.Linear(784, 800),
        nn.ReLU(),
        nn.Linear(800, 400),
        nn.ReLU(),
        nn.Linear(400, 150),
        nn.ReLU(),
        nn.Linear(150, 10),
    )
    return model, torch.randn(96, 784), torch.randint(0, 10, (96,))


def cnn() -> tuple[nn.Module, torch.Tensor, torch.Tensor]:
    model = nn.Sequential(
        *(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU()),
        *(nn.MaxPool2d(2), nn.Flatten(), nn.Linear(32 * 49, 128), nn.ReLU(), nn.Linear(128, 10)),
    )
    return model, torch.randn(32, 1, 28, 28), torch.randint(0, 10, (32,))


MODELS: dict[str, Callable[[], tuple[nn.Module, torch.Tensor, torch.Tensor]]] = {
    "tiny": lambda: (
        nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2)),
        torch.randn(16, 8),
        torch.randint(0, 2, (16,)),
    ),
    "mlp-1M": mlp,
    "cnn": cnn,
    "lstm": lambda: (Tagger(), torch.randint(0, 2000, (16, 24)), torch.randint(0, 20, (16, 24))),
    "resnet-18": lambda: (resnet18(), torch.randn(4, 3, 32, 32), torch.randint(0, 10, (4,))),
    "transformer-15M": lambda: (Transformer(), torch.randint(0, 5000, (2, 32)), torch.randint(0, 5000, (2, 32))),
}


class Training:
    """One model, and its step: clear, forward, loss, backward, step, as people write it."""

    def __init__(self, name: str) -> None:
        torch.manual_seed(0)
        self.model, self._x, self._y = MODELS[name]()
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-4)
        self.loss = 0.0

    def step(self) -> None:
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self.model(self._x), self._y)
        loss.backward()
        self.optimizer.step()
        self.loss = loss.item()

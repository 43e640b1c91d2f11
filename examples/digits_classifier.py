"""Learn handwritten digits with a small network, and print how it goes.

    losscompass run examples/digits_classifier.py

The training has one fault, as people make it: find it, or let losscompass find it.
"""

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

EPOCHS = 15
BATCH = 64


class Classifier(nn.Module):
    """64 pixels in, ten digits out."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU())
        self.head = nn.Linear(64, 10)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Shape (batch, 64) to (batch, 10)."""
        return torch.softmax(self.head(self.body(pixels)), dim=1)


def loaders() -> tuple[DataLoader, DataLoader]:
    """Batches to learn from, in random order, and batches to check with."""
    pixels, digits = load_digits(return_X_y=True)
    split = train_test_split(pixels / 16.0, digits, test_size=0.25, stratify=digits, random_state=0)
    x_train, x_val, y_train, y_val = (torch.tensor(part) for part in split)
    train = TensorDataset(x_train.float(), y_train)
    val = TensorDataset(x_val.float(), y_val)
    return DataLoader(train, batch_size=BATCH, shuffle=True), DataLoader(val, batch_size=256)


def train_epoch(model: nn.Module, batches: DataLoader, loss_fn: nn.Module, optimizer: torch.optim.Optimizer) -> float:
    """One pass over the training data; the mean loss of its batches."""
    model.train()
    total = 0.0
    for pixels, digits in batches:
        loss = loss_fn(model(pixels), digits)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(batches)


@torch.no_grad()
def validate(model: nn.Module, batches: DataLoader, loss_fn: nn.Module) -> tuple[float, float]:
    """Mean loss and share of digits recognised."""
    model.eval()
    loss, right, count = 0.0, 0, 0
    for pixels, digits in batches:
        output = model(pixels)
        loss += loss_fn(output, digits).item() * len(digits)
        right += int((output.argmax(dim=1) == digits).sum())
        count += len(digits)
    return loss / count, right / count


def main() -> None:
    """Train and print one line an epoch."""
    torch.manual_seed(0)
    train_batches, val_batches = loaders()
    model = Classifier()
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for epoch in range(1, EPOCHS + 1):
        train_loss = train_epoch(model, train_batches, loss_fn, optimizer)
        val_loss, accuracy = validate(model, val_batches, loss_fn)
        print(f"epoch {epoch:2d}  train loss {train_loss:.3f}  validation loss {val_loss:.3f}  accuracy {accuracy:.1%}")


if __name__ == "__main__":
    main()

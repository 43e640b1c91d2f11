"""Train a small network on handwritten digits and write down its loss: the log that `losscompass demo` reads.

It is a faulty training on purpose: 200 pictures to learn from, 30 of them with a wrong label, a wide network, no regularisation
and no early stopping. It learns its pictures by heart, and the loss on the other pictures turns upward.

    python examples/digits_mlp.py log.csv
"""

import csv
import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

EPOCHS = 60
PICTURES = 200
MISLABELLED = 30
SEED = 7
COLUMNS = ("epoch", "train_loss", "val_loss", "train_accuracy", "val_accuracy")


def train() -> list[tuple[float, ...]]:
    """One row an epoch, as `COLUMNS` names them."""
    pictures, digits = load_digits(return_X_y=True)
    split = train_test_split(pictures / 16.0, digits, train_size=PICTURES, stratify=digits, random_state=SEED)
    x_train, x_val, y_train, y_val = split
    chance = np.random.default_rng(SEED)
    wrong = chance.choice(PICTURES, MISLABELLED, replace=False)
    y_train[wrong] = (y_train[wrong] + chance.integers(1, 10, MISLABELLED)) % 10
    network = MLPClassifier((256,), alpha=0.0, learning_rate_init=0.004, batch_size=20, random_state=SEED)
    rows = []
    for epoch in range(1, EPOCHS + 1):
        mixed = chance.permutation(len(x_train))
        for batch in np.array_split(mixed, len(mixed) // 20):
            network.partial_fit(x_train[batch], y_train[batch], classes=range(10))
        train_p, val_p = network.predict_proba(x_train), network.predict_proba(x_val)
        rows.append(
            (
                epoch,
                log_loss(y_train, train_p),
                log_loss(y_val, val_p),
                accuracy_score(y_train, train_p.argmax(axis=1)),
                accuracy_score(y_val, val_p.argmax(axis=1)),
            )
        )
    return rows


def write(rows: list[tuple[float, ...]], path: Path) -> None:
    """As comma-separated values, six significant digits."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([f"{epoch:d}", *(f"{value:.6g}" for value in values)] for epoch, *values in rows)


if __name__ == "__main__":
    write(train(), Path(sys.argv[1] if len(sys.argv) > 1 else "digits_mlp.csv"))

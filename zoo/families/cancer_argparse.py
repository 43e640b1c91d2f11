"""Binary classification of the breast cancer table."""
import argparse
import json
import os

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self, n_features, hidden, p):
        super().__init__()
        self.fc1 = nn.Linear(n_features, hidden)
        self.bn1 = nn.BatchNorm1d(hidden)
        self.fc2 = nn.Linear(hidden, hidden)
        self.drop = nn.Dropout(p)
        self.out = nn.Linear(hidden, 1)

    def forward(self, x):
        x = F.relu(self.bn1(self.fc1(x)))
        x = self.drop(F.relu(self.fc2(x)))
        return self.out(x).squeeze(1)


def load_data(seed):
    x, y = load_breast_cancer(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.3, random_state=seed, stratify=y)
    x_train, x_val, y_train, y_val = train_test_split(x_train, y_train, test_size=0.3, random_state=seed)
    scaler = StandardScaler().fit(x_train)
    x_train, x_val, x_test = scaler.transform(x_train), scaler.transform(x_val), scaler.transform(x_test)
    return [(torch.tensor(a, dtype=torch.float32), torch.tensor(b, dtype=torch.float32))
            for a, b in ((x_train, y_train), (x_val, y_val), (x_test, y_test))]


def train_one_epoch(model, loader, optimizer, criterion):
    model.train()
    total = 0.0
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(xb)
    return total / len(loader.dataset)


@torch.no_grad()
def validate(model, loader, criterion):
    model.eval()
    total, hits = 0.0, 0
    for xb, yb in loader:
        logits = model(xb)
        total += criterion(logits, yb).item() * len(xb)
        hits += ((logits > 0) == (yb > 0.5)).sum().item()
    return total / len(loader.dataset), hits / len(loader.dataset)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--hidden", type=int, default=32)
    parser.add_argument("--dropout", type=float, default=0.3)
    parser.add_argument("--weight-decay", type=float, default=1e-2)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("ZOO_SEED", 0)))
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    np.random.seed(args.seed)
    train, val, test = load_data(args.seed)
    train_loader = DataLoader(TensorDataset(*train), batch_size=args.batch_size, shuffle=True, drop_last=True)
    val_loader = DataLoader(TensorDataset(*val), batch_size=256)

    model = Net(train[0].shape[1], args.hidden, args.dropout)
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr, weight_decay=args.weight_decay)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=10, gamma=0.3)

    curve = []
    for epoch in range(args.epochs):
        train_loss = train_one_epoch(model, train_loader, optimizer, criterion)
        val_loss, val_acc = validate(model, val_loader, criterion)
        scheduler.step()
        curve.append(val_loss)
        print(f"[{epoch:02d}] train_loss={train_loss:.4f} val_loss={val_loss:.4f} val_acc={val_acc:.4f}")

    model.eval()
    with torch.no_grad():
        scores = model(test[0])
    test_loss = F.binary_cross_entropy_with_logits(scores, test[1]).item()
    recalls = [((scores > 0) == (test[1] > 0.5))[test[1] == c].float().mean().item() for c in (0, 1)]
    test_acc = sum(recalls) / 2
    print(f"test: loss {test_loss:.4f} balanced accuracy {test_acc:.4f}")
    if os.environ.get("ZOO_METRICS"):
        with open(os.environ["ZOO_METRICS"], "w") as f:
            json.dump({"balanced_accuracy": test_acc, "loss": test_loss, "main": "balanced_accuracy",
                       "higher_is_better": True, "reported": val_acc, "curve": curve}, f)


if __name__ == "__main__":
    main()

"""Transfer: a body learnt on the digits 0-4, a new head for the digits 5-9."""

import copy
import json
import os

import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

SEED = int(os.environ.get("ZOO_SEED", "0"))


class SmallNet(nn.Module):
    def __init__(self, n_classes=5):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(),
            nn.Conv2d(12, 24, 3, stride=2, padding=1), nn.ReLU(), nn.Flatten(),
        )
        self.head = nn.Linear(24 * 16, n_classes)

    def forward(self, x):
        return self.head(self.body(x))


def split_digits():
    digits = load_digits()
    x = torch.tensor(digits.images, dtype=torch.float32).unsqueeze(1) / 16
    y = torch.tensor(digits.target)
    order = torch.randperm(len(y))
    x, y = x[order], y[order]
    low, high = y < 5, y >= 5
    return (x[low], y[low]), (x[high], y[high] - 5)


def train(net, params, data, val, epochs, lr, batch=32, tag=""):
    optimizer = torch.optim.Adam(params, lr=lr)
    x, y = data
    curve = []
    for epoch in range(epochs):
        net.train()
        order = torch.randperm(len(x))
        total = 0.0
        for i in range(0, len(x), batch):
            rows = order[i : i + batch]
            loss = F.cross_entropy(net(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        net.eval()
        with torch.no_grad():
            val_loss = F.cross_entropy(net(val[0]), val[1]).item()
        curve.append(val_loss)
        print(f"{tag} epoch {epoch}: train {total / len(x):.4f} val {val_loss:.4f}")
    return curve


def main():
    torch.manual_seed(SEED)
    (low_x, low_y), (high_x, high_y) = split_digits()
    pretrained = SmallNet()
    train(pretrained, pretrained.parameters(), (low_x[:700], low_y[:700]), (low_x[700:], low_y[700:]), 4, 2e-3, tag="pretrain")

    net = SmallNet()
    net.body.load_state_dict(copy.deepcopy(pretrained.body.state_dict()))
    for p in net.body.parameters():
        p.requires_grad = False
    train_data, val_data = (high_x[:400], high_y[:400]), (high_x[400:600], high_y[400:600])
    curve = train(net, [p for p in net.parameters() if p.requires_grad], train_data, val_data, 12, 3e-3, tag="finetune")

    net.eval()
    with torch.no_grad():
        accuracy = (net(high_x[600:]).argmax(1) == high_y[600:]).float().mean().item()
    print("accuracy on new digits:", round(accuracy, 4))
    if "ZOO_METRICS" in os.environ:
        with open(os.environ["ZOO_METRICS"], "w") as f:
            json.dump({"accuracy": accuracy, "main": "accuracy", "higher_is_better": True, "curve": curve}, f)


if __name__ == "__main__":
    main()

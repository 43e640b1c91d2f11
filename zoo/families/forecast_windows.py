"""Forecast the next values of a seasonal series from a window of the past."""
import json
import os

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

WINDOW, HORIZON = 24, 3


def load_series(seed, n=1400):
    rng = np.random.default_rng(seed)
    t = np.arange(n)
    level = 3 * np.sin(2 * np.pi * t / 24) + 1.5 * np.sin(2 * np.pi * t / 7)
    noise = np.zeros(n)
    for i in range(1, n):
        noise[i] = 0.6 * noise[i - 1] + 0.5 * rng.standard_normal()
    return (500 + 20 * (level + noise)).astype(np.float32)


def windows(series):
    x = np.stack([series[i : i + WINDOW] for i in range(len(series) - WINDOW - HORIZON + 1)])
    y = np.stack([series[i + WINDOW : i + WINDOW + HORIZON] for i in range(len(series) - WINDOW - HORIZON + 1)])
    return torch.from_numpy(x).unsqueeze(-1), torch.from_numpy(y)


class Forecaster(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.gru = nn.GRU(1, hidden, batch_first=True)
        self.head = nn.Linear(hidden, HORIZON)

    def forward(self, x):
        out, _ = self.gru(x)
        return self.head(out[:, -1])


def fit(net, train_loader, val_loader, epochs, lr):
    loss_fn = nn.MSELoss()
    opt = torch.optim.Adam(net.parameters(), lr=lr)
    history = []
    for epoch in range(epochs):
        net.train()
        train_total = 0.0
        for xb, yb in train_loader:
            opt.zero_grad()
            pred = net(xb)
            loss = loss_fn(pred, yb)
            loss.backward()
            opt.step()
            train_total += loss.item() * len(xb)
        net.eval()
        with torch.no_grad():
            val = sum(loss_fn(net(xb), yb).item() * len(xb) for xb, yb in val_loader) / len(val_loader.dataset)
        history.append(val)
        print(f"epoch {epoch + 1:2d}/{epochs}  train {train_total / len(train_loader.dataset):.4f}  val {val:.4f}")
    return history


if __name__ == "__main__":
    seed = int(os.environ.get("ZOO_SEED", 0))
    torch.manual_seed(seed)
    series = load_series(seed)
    train, val, test = series[:800], series[800:1100], series[1100:]
    mean, std = train.mean(), train.std()
    train, val, test = (train - mean) / std, (val - mean) / std, (test - mean) / std
    train_loader = DataLoader(TensorDataset(*windows(train)), batch_size=32, shuffle=True)
    val_loader = DataLoader(TensorDataset(*windows(val)), batch_size=128)
    net = Forecaster()
    history = fit(net, train_loader, val_loader, epochs=8, lr=1e-2)

    x, y = windows(test)
    net.eval()
    with torch.no_grad():
        error = (net(x).view(len(y), HORIZON) - y).pow(2).mean().item()
    naive = (x[:, -1] - y).pow(2).mean().item()
    print(f"test: mse {error:.4f}, of the last value as a forecast {naive:.4f}, skill {1 - error / naive:.3f}")
    if "ZOO_METRICS" in os.environ:
        with open(os.environ["ZOO_METRICS"], "w") as f:
            json.dump({"skill": 1 - error / naive, "main": "skill", "higher_is_better": True,
                       "reported": 1 - history[-1] / naive, "curve": history}, f)

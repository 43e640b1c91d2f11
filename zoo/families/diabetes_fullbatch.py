import json
import os

import numpy as np
import torch
from sklearn.datasets import load_diabetes

SEED = int(os.environ.get("ZOO_SEED", "0"))
BATCH = 32
EPOCHS = 30
LR = 0.01


def prepare():
    features, target = load_diabetes(return_X_y=True, scaled=False)
    rng = np.random.default_rng(SEED)
    order = rng.permutation(len(target))
    features, target = features[order], target[order]
    train, val, test = slice(0, 260), slice(260, 350), slice(350, None)
    mean, std = features[train].mean(axis=0), features[train].std(axis=0)
    features = (features - mean) / std
    t_mean, t_std = target[train].mean(), target[train].std()
    target = (target - t_mean) / t_std
    features, target = torch.tensor(features).float(), torch.tensor(target).float().unsqueeze(1)
    return (features[train], target[train]), (features[val], target[val]), (features[test], target[test])


def build(n_in):
    return torch.nn.Sequential(
        torch.nn.Linear(n_in, 16),
        torch.nn.ReLU(),
        torch.nn.Linear(16, 1),
    )


def mse(pred, true):
    return ((pred - true) ** 2).mean()


def fit(model, train, val):
    x, y = train
    opt = torch.optim.SGD(model.parameters(), lr=LR, weight_decay=1e-2)
    curve = []
    for epoch in range(EPOCHS):
        perm = torch.randperm(len(x))
        epoch_loss = 0.0
        for start in range(0, len(x), BATCH):
            idx = perm[start : start + BATCH]
            loss = mse(model(x[idx]), y[idx])
            opt.zero_grad()
            loss.backward()
            opt.step()
            epoch_loss += loss.item() * len(idx)
        with torch.no_grad():
            val_loss = mse(model(val[0]), val[1]).item()
        curve.append(val_loss)
        if epoch % 5 == 0 or epoch == EPOCHS - 1:
            print("epoch", epoch, "train mse", round(epoch_loss / len(x), 4), "val mse", round(val_loss, 4))
    return curve


torch.manual_seed(SEED)
train_data, val_data, test_data = prepare()
net = build(train_data[0].shape[1])
val_curve = fit(net, train_data, val_data)

with torch.no_grad():
    residual = net(test_data[0]).float().view(-1) - test_data[1].view(-1)
r2 = 1 - (residual**2).mean().item() / test_data[1].var(unbiased=False).item()
val_r2 = 1 - val_curve[-1] / val_data[1].var(unbiased=False).item()
print(f"test r2 {r2:.3f}")
if "ZOO_METRICS" in os.environ:
    json.dump({"r2": r2, "main": "r2", "higher_is_better": True, "reported": val_r2, "curve": val_curve},
              open(os.environ["ZOO_METRICS"], "w"))

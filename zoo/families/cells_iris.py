# %% [markdown]
# # Iris, step by step

# %%
import json
import os

import torch
import torch.nn.functional as F
from sklearn.datasets import load_iris
from sklearn.preprocessing import scale

seed = int(os.environ.get("ZOO_SEED", 0))
torch.manual_seed(seed)

# %% data
iris = load_iris()
X = torch.tensor(scale(iris.data), dtype=torch.float32)
Y = torch.tensor(iris.target)
idx = torch.randperm(len(Y))
Xtr, Ytr = X[idx[:90]], Y[idx[:90]]
Xva, Yva = X[idx[90:120]], Y[idx[90:120]]
Xte, Yte = X[idx[120:]], Y[idx[120:]]

# %% parameters, by hand
W1 = (torch.randn(4, 16) * 0.5).requires_grad_()
b1 = torch.zeros(16, requires_grad=True)
W2 = (torch.randn(16, 3) * 0.25).requires_grad_()
b2 = torch.zeros(3, requires_grad=True)
params = [W1, b1, W2, b2]


def forward(x):
    h = torch.tanh(x @ W1 + b1)
    return h @ W2 + b2


# %% training: full batch, plain gradient descent
lr = 0.3
decay = 2e-3
losses, val_losses = [], []
for i in range(200):
    logp = F.log_softmax(forward(Xtr), dim=1)
    loss = F.nll_loss(logp, Ytr)
    loss.backward()
    with torch.no_grad():
        for p in params:
            p -= lr * (p.grad + decay * p)
            p.grad = None
    losses.append(loss.item())
    with torch.no_grad():
        val_losses.append(F.cross_entropy(forward(Xva), Yva).item())
    if i % 20 == 0:
        print(i, round(losses[-1], 4), round(val_losses[-1], 4))

# %% how good is it?
with torch.no_grad():
    acc = (forward(Xte).argmax(1) == Yte).float().mean().item()
    val_acc = (forward(Xva).argmax(1) == Yva).float().mean().item()
    test_loss = F.cross_entropy(forward(Xte), Yte).item()
print("accuracy", acc, "loss", test_loss)

# %%
if "ZOO_METRICS" in os.environ:
    json.dump({"loss": test_loss, "accuracy": acc, "main": "loss", "higher_is_better": False,
               "reported": val_losses[-1], "curve": val_losses[::5]}, open(os.environ["ZOO_METRICS"], "w"))

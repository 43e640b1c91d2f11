# case: rows of rare classes are repeated before the split
# expect: train-validation-leak
import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

D = load_digits()
X = (D.data / 16).astype("float32")
Y = D.target
few = np.flatnonzero(Y >= 7)
X = np.concatenate([X, np.repeat(X[few], 3, 0)])
Y = np.concatenate([Y, np.repeat(Y[few], 3)])
X_train, X_valid, y_train, y_valid = train_test_split(X, Y, test_size=0.25, random_state=0)
X_train, X_valid, y_train, y_valid = map(torch.as_tensor, (X_train, X_valid, y_train, y_valid))
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
optimizer = torch.optim.Adam(model.parameters(), 1e-3)


def closure():
    optimizer.zero_grad()
    loss = F.cross_entropy(model(X_train[b]), y_train[b])
    loss.backward()
    return loss


for ep in range(8):
    perm = torch.randperm(len(X_train))
    for b in perm.split(64):
        loss = optimizer.step(closure)
    with torch.no_grad():
        print(ep, loss.item(), F.cross_entropy(model(X_valid), y_valid).item())

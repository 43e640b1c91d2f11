import json
import os

import numpy as np
import torch
import torch.nn as nn
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch.utils.data import DataLoader, TensorDataset

seed = int(os.environ.get("ZOO_SEED", 0))
torch.manual_seed(seed)
np.random.seed(seed)

digits = load_digits()
X = digits.data.astype("float32") / 16.0
y = digits.target
X_train, X_rest, y_train, y_rest = train_test_split(X, y, test_size=0.4, random_state=seed, stratify=y)
X_val, X_test, y_val, y_test = train_test_split(X_rest, y_rest, test_size=0.5, random_state=seed, stratify=y_rest)

train_set = TensorDataset(torch.from_numpy(X_train), torch.from_numpy(y_train))
val_set = TensorDataset(torch.from_numpy(X_val), torch.from_numpy(y_val))
train_loader = DataLoader(train_set, batch_size=32, shuffle=True)
val_loader = DataLoader(val_set, batch_size=128)

model = nn.Sequential(
    nn.Linear(64, 128),
    nn.ReLU(),
    nn.Dropout(0.3),
    nn.Linear(128, 64),
    nn.ReLU(),
    nn.Linear(64, 10),
)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-3)

epochs = 10
val_losses = []
for epoch in range(epochs):
    model.train()
    running_loss = 0.0
    for inputs, labels in train_loader:
        optimizer.zero_grad()
        outputs = model(inputs)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()
        running_loss += loss.item() * len(labels)

    model.eval()
    val_loss, correct = 0.0, 0
    with torch.no_grad():
        for inputs, labels in val_loader:
            outputs = model(inputs)
            val_loss += criterion(outputs, labels).item() * len(labels)
            correct += (outputs.argmax(dim=1) == labels).sum().item()
    val_losses.append(val_loss / len(val_set))
    val_acc = correct / len(val_set)
    print(f"epoch {epoch + 1}: train {running_loss / len(train_set):.4f} val {val_losses[-1]:.4f} acc {val_acc:.3f}")

model.eval()
with torch.no_grad():
    test_acc = (model(torch.from_numpy(X_test)).argmax(1).numpy() == y_test).mean()
print(f"test accuracy {test_acc:.4f}")

if "ZOO_METRICS" in os.environ:
    with open(os.environ["ZOO_METRICS"], "w") as f:
        json.dump({"accuracy": float(test_acc), "main": "accuracy", "higher_is_better": True,
                   "reported": val_acc, "curve": val_losses}, f)

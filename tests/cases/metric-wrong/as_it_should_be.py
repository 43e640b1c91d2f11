# case: totals by many ways, all of them right
# expect-not: metric-wrong
from collections import defaultdict

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)

x = torch.randn(330, 10)
y = (x[:, 0] + 0.3 * torch.randn(330) > 0).long()
train_set, val_set = TensorDataset(x[:230], y[:230]), TensorDataset(x[230:], y[230:])
train_loader = DataLoader(train_set, batch_size=32, shuffle=True)
val_loader = DataLoader(val_set, batch_size=32)
model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1), nn.Flatten(0))
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
steps, smoothed = 0, 0.0
history = defaultdict(list)


@torch.no_grad()
def evaluate(net, loader, limit=0.5):
    """Metrics of one pass."""
    correct, total, losses = 0, 0, []
    tp = fp = fn = 0
    for i, (inputs, labels) in enumerate(loader):
        logits = net(inputs)
        n = labels.shape[0]
        total += n
        losses.append(criterion(logits, labels.float()).item())
        shares = torch.sigmoid(logits)
        predicted = shares > limit
        correct += (predicted == (labels > 0)).sum().item()
        tp += (predicted & (labels == 1)).sum().item()
        fp += (predicted & (labels == 0)).sum().item()
        fn += (~predicted & (labels == 1)).sum().item()
        assert (shares >= 0).all()
    precision = tp / (tp + fp + 1e-9)
    recall = tp / (tp + fn + 1e-9)
    inter, union = tp, tp + fp + fn
    return correct / total, sum(losses) / (i + 1), precision, recall, inter / union


for epoch in range(3):
    running, shown = 0.0, 0
    for inputs, labels in train_loader:
        logits = model(inputs)
        loss = criterion(logits, labels.float())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        n = len(labels)
        running += loss.item() * n
        shown += ((logits > 0) == (labels > 0.5)).sum().item()
        steps += 1
        smoothed += loss.item()
        print(((logits > 0) == labels).sum().item() / n, smoothed / steps)
    history["loss"].append(running / len(train_loader.dataset))
    print(shown / len(train_set), smoothed / ((epoch + 1) * len(train_loader)))
    history["val"].append(evaluate(model, val_loader))
    print(f"{loss.item():.3f}", history["val"][-1])

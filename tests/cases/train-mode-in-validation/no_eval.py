# case: validation without eval
# expect: train-mode-in-validation
# expect-not: eval-mode-in-training
# line: 28
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)

x, xv = torch.randn(400, 20), torch.randn(120, 20)
w = torch.randn(20, 3)
y, yv = (x @ w).argmax(1), (xv @ w).argmax(1)
model = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 3))
optimizer = torch.optim.Adam(model.parameters())
val_loader = DataLoader(TensorDataset(xv, yv), batch_size=40)

for epoch in range(5):
    for xb, yb in DataLoader(TensorDataset(x, y), batch_size=40, shuffle=True):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        total = 0.0
        for xb, yb in val_loader:
            out = model(xb)
            total += F.cross_entropy(out, yb).item()
    print(epoch, total / len(val_loader))

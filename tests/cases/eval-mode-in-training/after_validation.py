# case: eval is called for validation, train never again
# expect: eval-mode-in-training
# expect-not: train-mode-in-validation
# line: 20
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)

x, xv = torch.randn(400, 20), torch.randn(100, 20)
w = torch.randn(20, 3)
y, yv = (x @ w).argmax(1), (xv @ w).argmax(1)
loader = DataLoader(TensorDataset(x, y), batch_size=40, shuffle=True)
model = nn.Sequential(nn.Linear(20, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 3))
optimizer = torch.optim.Adam(model.parameters())

for epoch in range(6):
    for xb, yb in loader:
        optimizer.zero_grad()
        out = model(xb)
        loss = F.cross_entropy(out, yb)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        val_loss = F.cross_entropy(model(xv), yv)
    print(epoch, loss.item(), val_loss.item())

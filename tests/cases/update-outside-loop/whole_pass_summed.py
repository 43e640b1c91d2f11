# case: the losses of a whole pass are added up, and one step follows them all
# expect-not: update-outside-loop
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(400, 8)
y = x[:, :3].argmax(1)
loader = DataLoader(TensorDataset(x, y), batch_size=40, shuffle=True)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(6):
    optimizer.zero_grad()
    total = 0.0
    for a, b in loader:
        total = total + F.cross_entropy(model(a), b)
    (total / len(loader)).backward()
    optimizer.step()

# case: backward and step behind the loop over the batches
# expect: update-outside-loop
# line: 19
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
    for a, b in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(a), b)
    loss.backward()
    optimizer.step()

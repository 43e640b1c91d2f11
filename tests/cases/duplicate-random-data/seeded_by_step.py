# case: each step seeds a generator with its own number, and a check now and then with a fixed one
# expect-not: duplicate-random-data
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)

x = torch.randn(320, 10)
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for step in range(60):
    generator = torch.Generator().manual_seed(step)
    noise = torch.randn(x.shape, generator=generator)
    loss = F.mse_loss(model(x + noise), noise)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        with torch.no_grad():
            noise = torch.randn(x.shape, generator=torch.Generator().manual_seed(1))
            print(F.mse_loss(model(x + noise), noise).item())

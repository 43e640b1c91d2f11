# case: the same warm-up to a sound rate
# expect-not: learning-rate-too-high
import torch
from torch import nn

torch.manual_seed(0)

x = torch.randn(640, 16)
y = (x @ torch.randn(16, 6)).argmax(1)
model = nn.Sequential(nn.Linear(16, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 6))
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda at: min(1.0, (at + 1) / 20) * (1 - at / 200))
for epoch in range(10):
    for rows in torch.randperm(640).split(32):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        schedule.step()

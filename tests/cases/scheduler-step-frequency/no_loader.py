# case: by the batch instead of by the epoch, with batches cut by hand
# expect: scheduler-step-frequency
# line: 20
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 8)
y = x[:, :3].sum(1, keepdim=True) / 2 + 0.1 * torch.randn(400, 1)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
loss_fn = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=10, gamma=0.5)
for epoch in range(15):
    for rows in torch.randperm(300).split(10):
        loss = loss_fn(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
    model.eval()
    with torch.no_grad():
        print(loss_fn(model(x[300:]), y[300:]).item())
    model.train()

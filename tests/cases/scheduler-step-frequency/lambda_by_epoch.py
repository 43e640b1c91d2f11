# case: a warm-up that is counted in batches is stepped by the epoch
# expect: scheduler-step-frequency
# line: 29
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
X = torch.randn(640, 10)
y = (X @ torch.randn(10, 3)).argmax(1)
loader = DataLoader(TensorDataset(X, y), batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(10, 32), nn.GELU(), nn.Linear(32, 3))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
total = len(loader) * 10
warm = 20


def shape(step):
    return step / warm if step < warm else max(0.0, (total - step) / (total - warm))


scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, shape)
for epoch in range(10):
    for bx, by in loader:
        loss = nn.CrossEntropyLoss()(model(bx), by)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()
    print(epoch, loss.item())

# case: the average of the weights is validated, and its dropout is off
# expect-not: train-mode-in-validation
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

torch.manual_seed(0)

x = torch.randn(640, 8)
y = (x[:, 0] * x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 2))
average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.9))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(12):
    model.train()
    for rows in torch.randperm(512).split(16):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        average.update_parameters(model)
    average.eval()
    with torch.no_grad():
        for rows in torch.arange(512, 640).split(32):
            print(nn.functional.cross_entropy(average(x[rows]), y[rows]).item())

# case: backward was forgotten
# expect: backward-missing
# expect-not: step-missing
# expect-not: update-order-wrong
# line: 22
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

x = torch.randn(300, 6)
y = (x[:, 0] > 0).float()
model = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

for epoch in range(5):
    for i in range(0, 300, 50):
        optimizer.zero_grad()
        out = model(x[i : i + 50]).squeeze(1)
        loss = F.binary_cross_entropy_with_logits(out, y[i : i + 50])
        optimizer.step()
    print(epoch, loss.item())

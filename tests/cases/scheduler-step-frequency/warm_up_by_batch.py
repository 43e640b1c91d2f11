# case: a warm-up by the batch in the first epoch, a decay by the epoch
# expect-not: scheduler-step-frequency
import torch
from torch import nn

torch.manual_seed(0)
A = torch.randn(640, 6)
B = (A @ torch.randn(6, 5)).argmax(1)
net = nn.Sequential(nn.Linear(6, 40), nn.ReLU(), nn.Linear(40, 5))
o = torch.optim.AdamW(net.parameters(), 5e-3)
w = torch.optim.lr_scheduler.LinearLR(o, 0.1, total_iters=10)
d = torch.optim.lr_scheduler.LambdaLR(o, lambda e: 0.93**e)
for e in range(12):
    for k, j in enumerate(torch.randperm(640).split(32)):
        o.zero_grad()
        loss = nn.functional.cross_entropy(net(A[j]), B[j])
        loss.backward()
        o.step()
        if e == 0:
            w.step()
    d.step()
    with torch.no_grad():
        print(nn.functional.cross_entropy(net(A), B).item())

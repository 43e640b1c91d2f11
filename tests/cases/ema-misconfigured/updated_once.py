# case: torch's own average is updated once
# expect: ema-misconfigured
# line: 19
import torch
from torch import nn

torch.manual_seed(0)
A = torch.randn(600, 6)
B = (A @ torch.randn(6, 5)).argmax(1)
net = nn.Sequential(nn.Linear(6, 40), nn.ReLU(), nn.Linear(40, 5))
avg = torch.optim.swa_utils.AveragedModel(net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.95))
o = torch.optim.Adam(net.parameters(), 1e-2)
for step in range(200):
    j = torch.randint(500, (25,))
    o.zero_grad()
    loss = nn.functional.cross_entropy(net(A[j]), B[j])
    loss.backward()
    o.step()
    if step == 0:
        avg.update_parameters(net)
    if step % 20 == 19:
        with torch.no_grad():
            print(step, nn.functional.cross_entropy(avg(A[500:]), B[500:]).item())

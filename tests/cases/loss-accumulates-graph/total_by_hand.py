# case: losses that are no nodes of their own are added up from step to step, and the graphs are kept
# expect: loss-accumulates-graph
# line: 18
import torch
from torch import nn

torch.manual_seed(0)
A = torch.randn(512, 6)
B = A @ torch.randn(6, 5)
net = nn.Linear(6, 5)
opt = torch.optim.SGD(net.parameters(), lr=1e-3)
total = 0
for i in range(60):
    j = torch.randint(512, (16,))
    loss = nn.functional.l1_loss(net(A[j]), B[j])
    total = total + loss
    opt.zero_grad()
    total.backward(retain_graph=True)
    opt.step()

# case: the minimax form: the generator makes the loss large by which the critic learns the label of the fakes
# expect-not: loss-wrong-sign
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
judge = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
first = torch.optim.Adam(net.parameters(), lr=2e-3)
second = torch.optim.Adam(judge.parameters(), lr=2e-3)
for step in range(40):
    real = torch.randn(32, 2) + 1
    with torch.no_grad():
        fake = net(torch.randn(32, 4))
    on_real, on_fake = judge(real), judge(fake)
    loss = bce(on_real, torch.ones_like(on_real)) + bce(on_fake, torch.zeros_like(on_fake))
    second.zero_grad()
    loss.backward()
    second.step()
    verdict = judge(net(torch.randn(32, 4)))
    cost = -bce(verdict, torch.zeros_like(verdict))
    first.zero_grad()
    cost.backward()
    first.step()

# case: a generator that flees from the label of the real ones
# expect: loss-wrong-sign
# line: 22
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
data = torch.randn(400, 2) * 0.3 + 1
maker = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
opt_d = torch.optim.Adam(critic.parameters(), lr=1e-3)
opt_g = torch.optim.Adam(maker.parameters(), lr=1e-3)
bce = F.binary_cross_entropy_with_logits
for real in data.split(40):
    fake = maker(torch.randn(40, 4))
    on_real, on_fake = critic(real), critic(fake.detach())
    loss_d = bce(on_real, torch.ones(40, 1)) + bce(on_fake, torch.zeros(40, 1))
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()
    loss_g = -bce(critic(fake), torch.ones(40, 1))
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()

# case: the generator asks to be called a fake
# expect: loss-wrong-sign
# line: 22
import torch
from torch import nn

torch.manual_seed(0)

G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
generator_steps = torch.optim.Adam(G.parameters(), lr=1e-3)
critic_steps = torch.optim.Adam(D.parameters(), lr=1e-3)
bce = nn.BCEWithLogitsLoss()
real, fake = torch.ones(32, 1), torch.zeros(32, 1)
for i in range(40):
    made = G(torch.randn(32, 4))
    d_real = bce(D(torch.randn(32, 2) + 2), real)
    d_loss = d_real + bce(D(made.detach()), fake)
    critic_steps.zero_grad()
    d_loss.backward()
    critic_steps.step()
    g_loss = bce(D(made), fake)
    generator_steps.zero_grad()
    g_loss.backward()
    generator_steps.step()

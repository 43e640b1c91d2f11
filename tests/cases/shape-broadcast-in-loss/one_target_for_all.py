# case: a critic's targets are one number for all
# expect-not: shape-broadcast-in-loss
import warnings

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
warnings.filterwarnings("ignore", message="Using a target size")

x = torch.randn(320, 5)
critic = nn.Sequential(nn.Linear(5, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
optimizer = torch.optim.Adam(critic.parameters(), lr=1e-3)
real, fake = torch.ones(()), torch.zeros(())
for step in range(40):
    loss = F.mse_loss(critic(x[:32]), real) + F.mse_loss(critic(torch.randn(32, 5) * 3), fake)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

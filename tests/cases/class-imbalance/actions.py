# case: actions of a policy, of which one is seldom the best
# expect-not: class-imbalance
import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(policy.parameters(), lr=3e-2)
for episode in range(60):
    states = torch.randn(32, 3)
    choice = torch.distributions.Categorical(logits=policy(states))
    actions = choice.sample()
    rewards = torch.where(actions == 0, 1.0, torch.where(actions == 1, 0.3, -1.0))
    loss = -(choice.log_prob(actions) * (rewards - rewards.mean())).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

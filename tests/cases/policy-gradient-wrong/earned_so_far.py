# case: each action is credited with the rewards before it
# expect: policy-gradient-wrong
# line: 30
import torch
from torch import nn


class Walk:
    def __init__(self, size):
        self.at = torch.zeros(size, 1)

    def step(self, action):
        before = self.at.abs()
        self.at = self.at + action[:, None].float() - 0.5
        return self.at, (before - self.at.abs()).squeeze(1)


torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
for episode in range(30):
    walk = Walk(16)
    state, rewards, taken = walk.at, [], []
    for _ in range(8):
        choice = torch.distributions.Categorical(logits=policy(state))
        action = torch.multinomial(choice.probs, 1).squeeze(1)
        state, reward = walk.step(action)
        rewards.append(reward)
        taken.append(choice.log_prob(action))
    returns = torch.stack(rewards).cumsum(0)
    loss = -(torch.stack(taken) * (returns - returns.mean())).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

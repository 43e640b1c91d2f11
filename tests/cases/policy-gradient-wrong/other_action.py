# case: the log-probability of an action drawn again
# expect: policy-gradient-wrong
# line: 36
import torch
from torch import nn

torch.manual_seed(0)


class Walk:
    """A line: go right."""

    def reset(self):
        self.at = torch.zeros(16)
        return self.state()

    def state(self):
        return torch.stack([self.at, torch.ones(16)], 1)

    def step(self, action):
        self.at = (self.at + 0.2 * (2 * action.float() - 1)).clamp(-2, 2)
        return self.state(), self.at


policy = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))

optimizer = torch.optim.Adam(policy.parameters(), lr=5e-3)
env = Walk()
for episode in range(30):
    state = env.reset()
    log_probs, rewards = [], []
    for _ in range(8):
        dist = torch.distributions.Categorical(logits=policy(state))
        action = dist.sample()
        other = dist.sample()
        log_prob = dist.log_prob(other)
        state, reward = env.step(action)
        log_probs.append(log_prob)
        rewards.append(reward)
    returns, total = [], torch.zeros(16)
    for reward in reversed(rewards):
        total = reward + 0.9 * total
        returns.append(total)
    returns.reverse()
    baseline = torch.stack(returns).mean()
    loss = -sum((log_prob * (g - baseline)).mean() for log_prob, g in zip(log_probs, returns, strict=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

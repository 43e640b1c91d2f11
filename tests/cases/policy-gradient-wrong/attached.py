# case: the advantage keeps the graph of the critic
# expect: policy-gradient-wrong
# line: 44
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
critic = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam([*policy.parameters(), *critic.parameters()], lr=5e-3)
env = Walk()
for episode in range(30):
    state = env.reset()
    log_probs, values, rewards = [], [], []
    for _ in range(8):
        dist = torch.distributions.Categorical(logits=policy(state))
        action = dist.sample()
        log_probs.append(dist.log_prob(action))
        values.append(critic(state).squeeze(1))
        state, reward = env.step(action)
        rewards.append(reward)
    g, returns = torch.zeros(16), []
    for reward in reversed(rewards):
        g = reward + 0.9 * g
        returns.insert(0, g)
    log_probs, values, returns = torch.stack(log_probs), torch.stack(values), torch.stack(returns)
    advantage = returns - values
    loss = -(log_probs * advantage).mean() + 0.5 * (returns - values).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

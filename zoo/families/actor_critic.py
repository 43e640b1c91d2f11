import json
import os

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(int(os.environ.get("ZOO_SEED", 0)))


class BalanceEnv:
    """A batch of points that drift away from the middle; push left, right, or not at all. Reward: stay near zero."""

    def __init__(self, n):
        self.n = n

    def reset(self):
        self.x, self.v = torch.empty(self.n).uniform_(-1, 1), torch.empty(self.n).uniform_(-0.5, 0.5)
        return self.state()

    def state(self):
        return torch.stack([self.x, self.v], dim=1)

    def step(self, action):
        force = action.float() - 1
        self.v = 0.95 * self.v + 0.15 * force + 0.03 * self.x + 0.02 * torch.randn(self.n)
        self.x = (self.x + 0.3 * self.v).clamp(-3, 3)
        return self.state(), -self.x.abs()


class ActorCritic(nn.Module):
    def __init__(self, hidden=32):
        super().__init__()
        self.shared = nn.Sequential(nn.Linear(2, hidden), nn.Tanh())
        self.pi = nn.Linear(hidden, 3)
        self.v = nn.Linear(hidden, 1)

    def forward(self, s):
        h = self.shared(s)
        return torch.distributions.Categorical(logits=self.pi(h)), self.v(h).squeeze(-1)


def rollout(net, env, steps=12, gamma=0.9):
    s = env.reset()
    logps, values, rewards, entropies = [], [], [], []
    for _ in range(steps):
        dist, value = net(s)
        a = dist.sample()
        s, r = env.step(a)
        logps.append(dist.log_prob(a))
        values.append(value)
        rewards.append(r)
        entropies.append(dist.entropy())
    with torch.no_grad():
        g = net(s)[1]
    returns = []
    for r in reversed(rewards):
        g = r + gamma * g
        returns.insert(0, g)
    return torch.stack(logps), torch.stack(values), torch.stack(returns), torch.stack(entropies), torch.stack(rewards)


net = ActorCritic()
opt = torch.optim.Adam(net.parameters(), lr=6e-3)
env = BalanceEnv(48)
curve = []
for it in range(150):
    logps, values, returns, entropies, rewards = rollout(net, env)
    advantage = (returns - values).detach()
    policy_loss = -(logps * advantage).mean()
    value_loss = F.mse_loss(values, returns)
    loss = policy_loss + 0.5 * value_loss - 0.005 * entropies.mean()
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    curve.append(-rewards.mean().item())
    if (it + 1) % 15 == 0:
        print(f"{it + 1:4d} policy {policy_loss.item():.4f} value {value_loss.item():.4f} reward {-curve[-1]:.4f}")

torch.manual_seed(12345)
with torch.no_grad():
    reward = rollout(net, BalanceEnv(400), steps=40)[4].mean().item()
print("reward a step:", round(reward, 4))
if "ZOO_METRICS" in os.environ:
    with open(os.environ["ZOO_METRICS"], "w") as f:
        json.dump({"reward": reward, "main": "reward", "higher_is_better": True, "curve": curve[::10]}, f)

"""REINFORCE on a small grid: walk to the flag. Many walks at once, one tensor each step."""
import json
import os

import torch
import torch.nn as nn
from torch.distributions import Categorical


class GridWorld:
    """Five by five. Every step costs, the flag pays, and who stands on it stays there. A walk is ten steps long."""

    moves = torch.tensor([(-1, 0), (1, 0), (0, -1), (0, 1)])
    length = 10

    def __init__(self, walks, seed):
        self.walks = walks
        self.rng = torch.Generator().manual_seed(seed)

    def reset(self):
        self.me, self.flag = torch.randint(0, 5, (2, self.walks, 2), generator=self.rng)
        return self.observe()

    def observe(self):
        return torch.cat([self.me, self.flag], dim=1).float() / 2 - 1

    def step(self, action):
        at_flag = (self.me == self.flag).all(dim=1)
        moved = (self.me + self.moves[action]).clamp(0, 4)
        self.me = torch.where(at_flag[:, None], self.me, moved)
        arrived = (self.me == self.flag).all(dim=1) & ~at_flag
        reward = torch.where(arrived, 1.0, -0.1) * (~at_flag)
        return self.observe(), reward


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 4))

    def forward(self, obs):
        return Categorical(logits=self.net(obs))


def play(env, policy):
    obs = env.reset()
    log_probs, rewards = [], []
    for _ in range(env.length):
        dist = policy(obs)
        action = dist.sample()
        obs, reward = env.step(action)
        log_probs.append(dist.log_prob(action))
        rewards.append(reward)
    return torch.stack(log_probs), torch.stack(rewards)


def discounted(rewards, gamma=0.9):
    returns, total = [], torch.zeros(rewards.shape[1])
    for r in reversed(rewards.unbind(0)):
        total = r + gamma * total
        returns.append(total)
    return torch.stack(returns[::-1])


def train(policy, env, updates=150, lr=1e-2):
    optimizer = torch.optim.Adam(policy.parameters(), lr=lr)
    history = []
    for update in range(updates):
        log_probs, rewards = play(env, policy)
        returns = discounted(rewards)
        advantage = returns - returns.mean(dim=1, keepdim=True)
        loss = -(log_probs * advantage).sum(dim=0).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(rewards.sum(dim=0).mean().item())
        if update % 15 == 14:
            print(f"update {update + 1}: loss {loss.item():.3f}, reward {sum(history[-15:]) / 15:.3f}")
    return history


def main():
    seed = int(os.environ.get("ZOO_SEED", "0"))
    torch.manual_seed(seed)
    policy = Policy()
    history = train(policy, GridWorld(48, seed))
    with torch.no_grad():
        total = play(GridWorld(500, seed + 1000), policy)[1].sum(dim=0).mean().item()
    print(f"mean reward of 500 new walks: {total:.3f}")
    if "ZOO_METRICS" in os.environ:
        with open(os.environ["ZOO_METRICS"], "w") as f:
            json.dump({"reward": total, "main": "reward", "higher_is_better": True,
                       "curve": [-h for h in history[::10]]}, f)


if __name__ == "__main__":
    main()

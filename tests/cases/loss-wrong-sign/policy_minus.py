# case: a policy gradient as it should be
# expect-not: loss-wrong-sign
import torch
from torch import nn

torch.manual_seed(0)

policy = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=5e-3)


def play(at):
    chances = torch.distributions.Categorical(logits=policy(torch.stack([at, torch.ones_like(at)], 1)))
    action = chances.sample()
    return chances.log_prob(action), at + 0.2 * (2 * action.float() - 1)


for episode in range(30):
    at, log_probs, rewards = torch.zeros(32), [], []
    for _ in range(6):
        log_prob, at = play(at)
        log_probs.append(log_prob)
        rewards.append(at)
    total = torch.stack(rewards).sum(0)
    advantage = total - total.mean()
    loss = -(torch.stack(log_probs).sum(0) * advantage).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

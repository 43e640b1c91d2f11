# case: the clipped objective of a policy is made small, beside a value loss
# expect: loss-wrong-sign
# line: 42
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)


class Agent(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, 32), nn.Tanh())
        self.policy = nn.Linear(32, 3)
        self.value = nn.Linear(32, 1)

    def forward(self, seen):
        hidden = self.body(seen)
        return self.policy(hidden).softmax(-1), self.value(hidden).squeeze(-1)


agent = Agent()
optimizer = torch.optim.Adam(agent.parameters(), lr=3e-3)


def play(count=64):
    seen = torch.randn(count, 3)
    with torch.no_grad():
        probs, value = agent(seen)
        action = torch.multinomial(probs, 1).squeeze(1)
        chosen = probs.gather(1, action[:, None]).squeeze(1).log()
    reward = (action == seen.argmax(1)).float()
    return seen, action, chosen, reward, reward - value


for update in range(12):
    seen, action, chosen, reward, advantage = play()
    for epoch in range(3):
        probs, value = agent(seen)
        ratio = (Categorical(probs).log_prob(action) - chosen).exp()
        policy_loss = torch.min(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage).mean()
        loss = policy_loss + 0.5 * (value - reward).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

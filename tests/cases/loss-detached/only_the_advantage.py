# case: a policy gradient as it should be: only the advantage is detached, and losses are added up from zero
# expect-not: loss-detached
import torch
import torch.nn.functional as F
from torch import nn


class Agent(nn.Module):
    def __init__(self):
        super().__init__()
        self.shared, self.policy, self.value = nn.Linear(4, 16), nn.Linear(16, 3), nn.Linear(16, 1)

    def forward(self, x):
        h = torch.tanh(self.shared(x))
        return torch.distributions.Categorical(logits=self.policy(h)), self.value(h).squeeze(-1)


torch.manual_seed(0)
agent = Agent()
optimizer = torch.optim.Adam(agent.parameters(), lr=1e-2)
log_probability = lambda choice, action: choice.log_prob(action)  # noqa: E731
for _ in range(30):
    state = torch.randn(32, 4)
    choice, value = agent(state)
    action = choice.sample()
    reward = (action == state[:, :3].argmax(1)).float()
    policy_loss = -(log_probability(choice, action) * (reward - value).detach()).mean()
    loss = torch.zeros(())
    loss = loss + policy_loss + F.mse_loss(value, reward) - 0.01 * choice.entropy().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

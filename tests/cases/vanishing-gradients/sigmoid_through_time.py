# case: states that are squashed by a sigmoid at each step of the time
# expect: vanishing-gradients
# line: 21
import torch
from torch import nn

torch.manual_seed(0)

x = torch.randn(256, 24, 3)
y = x[:, :, 0].cumsum(1) / 5


class Recurrent(nn.Module):
    def __init__(self, width, units):
        super().__init__()
        self.inp, self.rec = nn.Linear(width, units), nn.Linear(units, units)

    def forward(self, x):
        h, states = x.new_zeros(len(x), self.rec.in_features), []
        for step in self.inp(x).unbind(1):
            h = torch.sigmoid(step + self.rec(h))
            states.append(h)
        return torch.stack(states, dim=1)


model = nn.Sequential(Recurrent(3, 16), Recurrent(16, 16), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(6):
    for rows in torch.randperm(256).split(32):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x[rows]).squeeze(-1), y[rows])
        loss.backward()
        optimizer.step()

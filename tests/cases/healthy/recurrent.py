# case: a recurrent network over a series, its state cut between windows
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(1, 16, batch_first=True)
        self.out = nn.Linear(16, 1)

    def forward(self, x, state):
        h, state = self.rnn(x, state)
        return self.out(h), state


t = torch.arange(401) / 15
series = torch.sin(t) * torch.cos(t / 3)
model = Forecaster()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(3):
    state = None
    for i in range(0, 400, 40):
        window = series[i : i + 41].view(1, 41, 1)
        prediction, state = model(window[:, :-1], state)
        state = state.detach()
        loss = F.mse_loss(prediction, window[:, 1:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

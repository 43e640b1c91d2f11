# case: gates that are shared out among the features
# expect-not: wrong-dimension
import torch
from torch import nn

torch.manual_seed(0)

x = torch.randn(320, 12, 5)
y = x[:, :, 0].cumsum(1) / 4


class Gated(nn.Module):
    def __init__(self):
        super().__init__()
        self.select = nn.Linear(5, 5)
        self.rnn = nn.GRU(5, 16, batch_first=True)
        self.out = nn.Linear(16, 1)

    def forward(self, x):
        gates = torch.softmax(self.select(x), dim=-1) * x.shape[-1]
        return self.out(self.rnn(x * gates)[0]).squeeze(-1)


model = Gated()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for rows in torch.randperm(320).split(32):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()

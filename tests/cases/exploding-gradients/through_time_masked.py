# case: states that grow with each step of the time, and a masked squared error that falls from far above
# expect: exploding-gradients
# line: 31
import torch
from torch import nn

torch.manual_seed(0)

x = torch.randn(256, 32, 4)
y = x[:, :, 0].cumsum(1) / 6
known = (torch.rand(256, 32) > 0.2).float()


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(4, 24, nonlinearity="relu", batch_first=True)
        nn.init.normal_(self.rnn.weight_hh_l0, std=0.55)
        self.out = nn.Linear(24, 1)

    def forward(self, x):
        return self.out(self.rnn(x)[0]).squeeze(-1)


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(6):
    for rows in torch.randperm(256).split(32):
        optimizer.zero_grad()
        loss = ((model(x[rows]) - y[rows]) ** 2 * known[rows]).sum() / known[rows].sum()
        loss.backward()
        optimizer.step()

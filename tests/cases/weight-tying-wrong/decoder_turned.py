# case: the decoder of an autoencoder turns the weights over
# expect-not: weight-tying-wrong
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 12)


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.code = nn.Linear(12, 5)
        self.bias = nn.Parameter(torch.zeros(12))

    def forward(self, x):
        return F.linear(torch.relu(self.code(x)), self.code.weight.t(), self.bias)


model = Tied()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for rows in torch.randperm(400).split(40):
    loss = F.mse_loss(model(x[rows]), x[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

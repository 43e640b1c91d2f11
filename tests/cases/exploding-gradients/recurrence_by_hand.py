# case: a recurrence that grows, and a squared error by hand
# expect: exploding-gradients
# line: 30
import torch
from torch import nn

torch.manual_seed(0)
X = torch.randn(400, 40, 3)
y = X.mean((1, 2), keepdim=True)[:, 0]


class Rn(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(3, 24, nonlinearity="relu", batch_first=True)
        self.o = nn.Linear(24, 1)
        with torch.no_grad():
            self.rnn.weight_hh_l0.copy_(1.6 * torch.eye(24))

    def forward(self, x):
        return self.o(self.rnn(x)[0][:, -1])


net = Rn()
o = torch.optim.SGD(net.parameters(), 1e-3)
for i in range(100):
    j = torch.randint(400, (32,))
    o.zero_grad()
    loss = ((net(X[j]) - y[j]) ** 2).mean()
    loss.backward()
    o.step()
print(loss.item())

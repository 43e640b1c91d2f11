# case: the line of the biases, beside one of the weights
# expect: dead-relu
# line: 23
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 2)
label = (x[:, 0] * x[:, 1] > 0).long()


def loss_of(scores):
    return -torch.log_softmax(scores, 1)[torch.arange(len(label)), label].mean()


layers = [nn.Linear(2, 32), nn.ReLU()]
for _ in range(2):
    layers += [nn.Linear(32, 32), nn.ReLU()]
net = nn.Sequential(*layers, nn.Linear(32, 2))
for m in net:
    if isinstance(m, nn.Linear):
        nn.init.kaiming_normal_(m.weight)
        nn.init.constant_(m.bias, -9.0)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(40):
    loss = loss_of(net(x))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

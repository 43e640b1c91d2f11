# case: a recurrent layer that reads time first is given time first
# expect-not: tensor-layout-wrong
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(2, 8)
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        return self.head(self.rnn(x.transpose(0, 1))[0][-1])


torch.manual_seed(0)
x = torch.randn(200, 7, 2)
y = (x.sum((1, 2)) > 0).long()
data = torch.utils.data.TensorDataset(x, y)
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for inputs, labels in torch.utils.data.DataLoader(data, batch_size=25, shuffle=True):
    loss = F.cross_entropy(model(inputs), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

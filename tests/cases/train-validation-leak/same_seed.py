# case: the validation is made from the seed of the training, only shorter
# expect: train-validation-leak
# line: 18
import torch
from torch import nn

torch.manual_seed(0)


def samples(count, seed):
    generator = torch.Generator().manual_seed(seed)
    rows = [torch.randn(6, generator=generator) for _ in range(count)]
    x = torch.stack(rows)
    return x, x[:, :2].sum(1, keepdim=True)


train_data = samples(200, 7)
val_data = samples(60, 7)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

for epoch in range(10):
    for rows in torch.randperm(200).split(20):
        loss = ((model(train_data[0][rows]) - train_data[1][rows]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        print(((model(val_data[0]) - val_data[1]) ** 2).mean().item())

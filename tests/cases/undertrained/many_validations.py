# case: an autoencoder that is trained to its end
# expect-not: undertrained
import torch
from torch import nn

torch.manual_seed(0)

inputs = torch.randn(1400, 4) @ torch.randn(4, 32)
inputs = inputs / inputs.std()
model = nn.Sequential(nn.Linear(32, 48), nn.ReLU(), nn.Linear(48, 8), nn.Linear(8, 48), nn.ReLU(), nn.Linear(48, 32))
optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
criterion = nn.MSELoss()

for epoch in range(12):
    for rows in torch.randperm(1200).split(40):
        loss = criterion(model(inputs[rows]), inputs[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        print(criterion(model(inputs[1200:]), inputs[1200:]).item())

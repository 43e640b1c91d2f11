"""Another default type, and deterministic algorithms only."""

import torch
from outcome import save, seed
from torch import nn

torch.set_default_dtype(torch.float64)
torch.use_deterministic_algorithms(True)
seed(24)
model = nn.Sequential(nn.Conv1d(2, 6, 3), nn.ReLU(), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(24, 3))
optimizer = torch.optim.Adagrad(model.parameters(), lr=0.05)
for step in range(12):
    x = torch.randn(8, 2, 10)
    y = torch.randint(0, 3, (8,))
    loss = nn.functional.nll_loss(nn.functional.log_softmax(model(x), 1), y, weight=torch.tensor([1.0, 2.0, 1.0]))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, loss.dtype, loss.item())
save(model=model, optimizer=optimizer)

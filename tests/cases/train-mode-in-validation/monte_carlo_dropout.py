# case: dropout is switched on again to measure how sure the model is
# expect-not: train-mode-in-validation
# expect-not: eval-mode-in-training
# expect-not: log-probs-expected
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)

x, xv = torch.randn(400, 20), torch.randn(120, 20)
w = torch.randn(20, 3)
y, yv = (x @ w).argmax(1), (xv @ w).argmax(1)
model = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 3))
optimizer = torch.optim.Adam(model.parameters())


def validate():
    model.eval()
    for m in model.modules():
        if isinstance(m, nn.Dropout):
            m.train()
    with torch.no_grad():
        samples = torch.stack([model(xv).softmax(1) for _ in range(10)])
    return samples.std(0).mean().item(), F.nll_loss(samples.mean(0).log(), yv).item()


for epoch in range(4):
    model.train()
    for xb, yb in DataLoader(TensorDataset(x, y), batch_size=40, shuffle=True):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        optimizer.step()
    print(epoch, validate())

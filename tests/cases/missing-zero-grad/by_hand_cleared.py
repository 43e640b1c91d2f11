# case: stepped by hand, after two backwards each, and cleared by hand
# expect-not: missing-zero-grad
import torch
from torch.nn import functional as F

torch.manual_seed(0)

x = torch.randn(200, 6)
y = (x @ torch.randn(6, 3)).argmax(1)
w = (0.1 * torch.randn(6, 3)).requires_grad_()
b = torch.zeros(3, requires_grad=True)

for step in range(60):
    for half in torch.arange(200).split(100):
        loss = F.cross_entropy(x[half] @ w + b, y[half]) / 2
        loss.backward()
    for p in (w, b):
        p.data -= 0.1 * p.grad
        p.grad.zero_()

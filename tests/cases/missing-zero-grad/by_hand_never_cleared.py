# case: stepped by hand, and nobody clears the gradients
# expect: missing-zero-grad
# line: 16
import torch
from torch.nn import functional as F

torch.manual_seed(0)

x = torch.randn(200, 6)
y = (x @ torch.randn(6, 3)).argmax(1)
w = (0.1 * torch.randn(6, 3)).requires_grad_()
b = torch.zeros(3, requires_grad=True)

for step in range(60):
    loss = F.cross_entropy(x @ w + b, y)
    loss.backward()
    with torch.no_grad():
        for p in (w, b):
            p -= 0.1 * p.grad

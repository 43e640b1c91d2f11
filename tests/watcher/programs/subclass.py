"""A kind of tensor of the user's own, which sees every function that is called with it and counts them."""

import torch
from outcome import save, seed
from torch import nn


class Counted(torch.Tensor):
    calls = 0

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        cls.calls += 1
        return super().__torch_function__(func, types, args, kwargs or {})


seed(15)
model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(8):
    x = torch.randn(8, 4).as_subclass(Counted)
    scores = model(x)
    loss = nn.functional.cross_entropy(scores, torch.randint(0, 2, (8,)))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, type(loss).__name__, float(loss.detach()), Counted.calls)
save(model=model)

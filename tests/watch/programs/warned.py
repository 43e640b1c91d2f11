"""Warnings that torch raises inside what is watched name the line that they name without us."""

import warnings

import torch
from outcome import save, seed
from torch import nn

seed(23)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2)
scheduler.step()
for step in range(5):
    x = torch.randn(6, 4)
    loss = nn.functional.mse_loss(model(x), x.sum(1))
    other = nn.MSELoss()(
        model(x),
        x.sum(1),
    )
    optimizer.zero_grad()
    (loss + other).backward()
    optimizer.step()
    scheduler.step()
    print(step, loss.item())
nn.functional.l1_loss(model(x), x.sum(1))
nn.L1Loss(reduce=False)(x, x)
scheduler.step(3)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for _ in range(2):
        nn.functional.smooth_l1_loss(model(x), x.sum(1))
        nn.functional.huber_loss(model(x), x.sum(1))
        nn.functional.kl_div(x, x)
        nn.utils.clip_grad_norm_((), 1.0)
        w = torch.ones((), requires_grad=True)
        (w * w).backward(create_graph=True)
print([(one.filename.rpartition("/")[2], one.lineno, one.category.__name__, str(one.message)[:60]) for one in caught])
print(
    sorted({key for name in list(globals()) if name == "__warningregistry__" for key in globals()[name]}, key=str)[:20]
)
save(model=model)

"""An averaged model beside the trained one, and four kinds of schedulers."""

import torch
from outcome import save, seed
from torch import nn
from torch.optim import lr_scheduler
from torch.optim.swa_utils import SWALR, AveragedModel, get_ema_multi_avg_fn

seed(6)
model = nn.Sequential(nn.Linear(5, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
ema = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.9))
optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-2)
warm = lr_scheduler.LinearLR(optimizer, 0.1, total_iters=4)
cosine = lr_scheduler.CosineAnnealingLR(optimizer, T_max=20)
in_turn = lr_scheduler.SequentialLR(optimizer, [warm, cosine], milestones=[4])
plateau = lr_scheduler.ReduceLROnPlateau(optimizer, patience=1)
swa = SWALR(optimizer, swa_lr=0.005, anneal_epochs=2)
truth = torch.randn(5, 1)
for epoch in range(4):
    for _ in range(5):
        x = torch.randn(16, 5)
        loss = (model(x) - x @ truth).abs().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        ema.update_parameters(model)
        in_turn.step()
    model.eval()
    with torch.no_grad():
        x = torch.randn(32, 5)
        val, averaged = nn.functional.l1_loss(model(x), x @ truth), nn.functional.l1_loss(ema(x), x @ truth)
    model.train()
    plateau.step(val)
    swa.step()
    print(epoch, loss.item(), val.item(), averaged.item(), optimizer.param_groups[0]["lr"])
save(model=model, ema=ema, optimizer=optimizer, plateau=plateau.state_dict())

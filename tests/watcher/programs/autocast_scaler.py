"""bfloat16 under autocast, and a gradient scaler: first one that does nothing, then one that scales and skips a step."""

import torch
from outcome import save, seed
from torch import nn

for enabled in (False, True):
    seed(5)
    model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 4))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    scaler = torch.amp.GradScaler("cpu", enabled=enabled, init_scale=2.0**10, growth_interval=3)
    for step in range(9):
        x, y = torch.randn(16, 8), torch.randint(0, 4, (16,))
        if step == 5:
            x[0, 0] = float("inf")
        with torch.autocast("cpu", torch.bfloat16):
            scores = model(x)
            loss = nn.functional.cross_entropy(scores, y)
        optimizer.zero_grad()
        scaler.scale(loss).backward()
        if step == 5 and not enabled:
            continue  # what came of it would stay NaN
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        scaler.step(optimizer)
        scaler.update()
        print(enabled, step, loss.item(), scores.dtype, scaler.get_scale())
    save(f"enabled-{enabled}", model=model, optimizer=optimizer, scaler=scaler)

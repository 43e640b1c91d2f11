"""A trainer of the user's own, with hooks on modules and tensors, and a loss that is a module."""

import torch
import torch.nn.functional as F
from outcome import save, seed
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Conv2d(1, 8, 3)
        self.norm = nn.GroupNorm(2, 8)
        self.head = nn.Linear(8, 3)

    def encode(self, images):
        return F.adaptive_avg_pool2d(F.gelu(self.norm(self.body(images))), 1).flatten(1)

    def forward(self, images):
        return self.head(self.encode(images))


class SmoothedLoss(nn.Module):
    def forward(self, scores, target):
        return F.cross_entropy(scores, target, label_smoothing=0.1) + 1e-3 * scores.square().mean()


class Trainer:
    def __init__(self, model, loss):
        self.model, self.loss = model, loss
        self.opt = torch.optim.AdamW(
            [{"params": model.body.parameters(), "lr": 1e-3}, {"params": model.head.parameters()}], lr=1e-2
        )
        self.sizes = []
        model.head.register_forward_hook(lambda module, args, out: self.sizes.append(tuple(out.shape)))
        model.head.weight.register_hook(lambda grad: grad * 0.5)

    def step(self, images, target):
        self.opt.zero_grad(set_to_none=False)
        loss = self.loss(self.model(images), target)
        loss.backward()
        self.opt.step()
        return loss.detach()

    def fit(self, steps):
        for _ in range(steps):
            target = torch.randint(0, 3, (16,))
            images = torch.randn(16, 1, 10, 10) + target[:, None, None, None]
            print(float(self.step(images, target)))
        print(len(self.sizes), self.sizes[-1])


def main():
    seed(1)
    trainer = Trainer(Net(), SmoothedLoss())
    trainer.fit(12)
    save(model=trainer.model, opt=trainer.opt)


if __name__ == "__main__":
    main()

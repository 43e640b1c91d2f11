import json
import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset


def gaussian_classes(n, seed, classes=8, dim=16):
    centers = np.random.RandomState(5).randn(classes, dim) * 0.9
    rng = np.random.RandomState(seed)
    y = rng.randint(classes, size=n)
    x = centers[y] + rng.randn(n, dim)
    return torch.tensor(x, dtype=torch.float32), torch.tensor(y)


def net(width, p=0.0):
    return nn.Sequential(nn.Linear(16, width), nn.ReLU(), nn.Dropout(p), nn.Linear(width, 8))


class Distiller:
    def __init__(self, temperature=3.0, alpha=0.7, seed=0):
        torch.manual_seed(seed)
        self.tau, self.alpha = temperature, alpha
        self.teacher, self.student = net(96, 0.3), net(24)
        self.train_loader = DataLoader(TensorDataset(*gaussian_classes(1500, seed)), batch_size=50, shuffle=True)
        self.few_loader = DataLoader(TensorDataset(*gaussian_classes(400, seed + 1)), batch_size=25, shuffle=True)
        self.val = gaussian_classes(500, seed + 10_000)

    def teach(self, epochs=5):
        opt = torch.optim.Adam(self.teacher.parameters(), lr=2e-3, weight_decay=1e-4)
        for _ in range(epochs):
            self.teacher.train()
            for x, y in self.train_loader:
                loss = F.cross_entropy(self.teacher(x), y)
                opt.zero_grad()
                loss.backward()
                opt.step()
        print("teacher accuracy", self.accuracy(self.teacher))

    def soft_loss(self, student_logits, teacher_logits):
        log_p = F.log_softmax(student_logits / self.tau, dim=1)
        q = F.softmax(teacher_logits / self.tau, dim=1)
        return F.kl_div(log_p, q, reduction="batchmean") * self.tau**2

    def distill(self, epochs=15, lr=0.05):
        opt = torch.optim.SGD(self.student.parameters(), lr=lr, momentum=0.9)
        sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=epochs)
        self.teacher.eval()
        curve = []
        for epoch in range(epochs):
            self.student.train()
            running = []
            for x, y in self.few_loader:
                with torch.no_grad():
                    teacher_logits = self.teacher(x)
                logits = self.student(x)
                loss = self.alpha * self.soft_loss(logits, teacher_logits) + (1 - self.alpha) * F.cross_entropy(logits, y)
                opt.zero_grad()
                loss.backward()
                opt.step()
                running.append(loss.item())
            sched.step()
            self.student.eval()
            with torch.no_grad():
                curve.append(F.cross_entropy(self.student(self.val[0]), self.val[1]).item())
            print(f"epoch {epoch + 1:>2}  distillation {np.mean(running):.4f}  val cross entropy {curve[-1]:.4f}")
        return curve

    def accuracy(self, model, data=None):
        x, y = data or self.val
        model.eval()
        with torch.no_grad():
            return float((model(x).argmax(1) == y).float().mean())


if __name__ == "__main__":
    seed = int(os.environ.get("ZOO_SEED", "0"))
    job = Distiller(seed=seed)
    job.teach()
    curve = job.distill()
    test_accuracy = job.accuracy(job.student, gaussian_classes(2000, seed + 20_000))
    print("student accuracy on test", round(test_accuracy, 4))
    if "ZOO_METRICS" in os.environ:
        with open(os.environ["ZOO_METRICS"], "w") as f:
            json.dump({"accuracy": test_accuracy, "main": "accuracy", "higher_is_better": True,
                       "reported": job.accuracy(job.student), "curve": curve}, f)

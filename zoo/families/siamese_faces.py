"""A siamese network with contrastive loss on generated 'faces' (vectors with an identity and a lot of nuisance)."""

import json
import os

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Faces:
    def __init__(self, identities=80, features=40, seed=0):
        g = torch.Generator().manual_seed(seed)
        self.identity = torch.randn(identities, 6, generator=g)
        self.mix = torch.randn(6 + 10, features, generator=torch.Generator().manual_seed(99)) / 4
        self.g = g

    def photo(self, person):
        latent = torch.cat([self.identity[person], 1.0 * torch.randn(10, generator=self.g)])
        return torch.tanh(latent @ self.mix)


class PairDataset(Dataset):
    def __init__(self, faces, n):
        g = faces.g
        self.items = []
        people = len(faces.identity)
        for _ in range(n):
            same = torch.rand((), generator=g) < 0.5
            a = int(torch.randint(people, (), generator=g))
            b = a if same else int((a + 1 + torch.randint(people - 1, (), generator=g)) % people)
            self.items.append((faces.photo(a), faces.photo(b), float(same)))

    def __len__(self):
        return len(self.items)

    def __getitem__(self, k):
        a, b, same = self.items[k]
        return a, b, torch.tensor(same)


class Siamese(nn.Module):
    def __init__(self, features=40, out=8):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(features, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, out))

    def forward(self, a, b):
        return self.net(a), self.net(b)


class ContrastiveLoss(nn.Module):
    def __init__(self, margin=2.0):
        super().__init__()
        self.margin = margin

    def forward(self, za, zb, same):
        distance = torch.nn.functional.pairwise_distance(za, zb)
        pull = same * distance.pow(2)
        push = (1 - same) * torch.relu(self.margin - distance).pow(2)
        return 0.5 * (pull + push).mean()


def auc(net, loader):
    net.eval()
    with torch.no_grad():
        rows = [((za - zb).norm(dim=1), s) for a, b, s in loader for za, zb in [net(a, b)]]
    d, s = torch.cat([r[0] for r in rows]), torch.cat([r[1] for r in rows]).bool()
    near, far = d[s][:, None], d[~s][None, :]
    return ((near < far).float() + 0.5 * (near == far).float()).mean().item()


def main(seed):
    torch.manual_seed(seed)
    train_set = PairDataset(Faces(seed=1000 + seed), 1500)
    val_set, test_set = PairDataset(Faces(seed=2000 + seed), 500), PairDataset(Faces(seed=3000 + seed), 500)
    train_loader = DataLoader(train_set, batch_size=40, shuffle=True)
    val_loader, test_loader = DataLoader(val_set, 250), DataLoader(test_set, 250)
    net, criterion = Siamese(), ContrastiveLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-3, weight_decay=1e-4)
    val_losses = []
    for epoch in range(8):
        net.train()
        running = 0.0
        for a, b, same in train_loader:
            optimizer.zero_grad()
            loss = criterion(*net(a, b), same)
            loss.backward()
            optimizer.step()
            running += loss.item() / len(train_loader)
        net.eval()
        with torch.no_grad():
            val_losses.append(sum(criterion(*net(a, b), s).item() for a, b, s in val_loader) / len(val_loader))
        print(f"{epoch + 1:2d}: train {running:.4f}  val {val_losses[-1]:.4f}  val auc {auc(net, val_loader):.3f}")
    result = auc(net, test_loader)
    print("auc for new people:", round(result, 4))
    if "ZOO_METRICS" in os.environ:
        with open(os.environ["ZOO_METRICS"], "w") as f:
            json.dump({"auc": result, "main": "auc", "higher_is_better": True, "curve": val_losses}, f)


if __name__ == "__main__":
    main(int(os.environ.get("ZOO_SEED", 0)))

"""A variational autoencoder on the digits of scikit-learn."""
import argparse
import json
import os

import torch
from sklearn.datasets import load_digits
from torch import nn, optim
from torch.nn import functional as F
from torch.utils.data import DataLoader


class VAE(nn.Module):
    def __init__(self, latent=8, hidden=128):
        super().__init__()
        self.fc1 = nn.Linear(64, hidden)
        self.fc_mu = nn.Linear(hidden, latent)
        self.fc_logvar = nn.Linear(hidden, latent)
        self.fc3 = nn.Linear(latent, hidden)
        self.fc4 = nn.Linear(hidden, 64)

    def encode(self, x):
        h = F.relu(self.fc1(x))
        return self.fc_mu(h), self.fc_logvar(h)

    def reparameterize(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        return mu + std * torch.randn_like(std)

    def decode(self, z):
        return torch.sigmoid(self.fc4(F.relu(self.fc3(z))))

    def forward(self, x):
        mu, logvar = self.encode(x)
        z = self.reparameterize(mu, logvar)
        return self.decode(z), mu, logvar


def loss_function(recon_x, x, mu, logvar):
    bce = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return (bce + kld) / len(x)


def train(model, loader, optimizer):
    model.train()
    total = 0.0
    for x in loader:
        optimizer.zero_grad()
        recon, mu, logvar = model(x)
        loss = loss_function(recon, x, mu, logvar)
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(loader)


def test(model, x):
    model.eval()
    with torch.no_grad():
        recon, mu, logvar = model(x)
        return loss_function(recon, x, mu, logvar).item()


def negative_elbo(model, x, draws=5):
    model.eval()
    with torch.no_grad():
        mu, logvar = model.encode(x)
        kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()
        nll = 0.0
        for _ in range(draws):
            z = mu + torch.exp(logvar / 2) * torch.randn_like(mu)
            p = model.decode(z).clamp(1e-6, 1 - 1e-6)
            nll += F.binary_cross_entropy(p, x, reduction="none").sum(1).mean() / draws
    return (nll + kl).item()


def main():
    parser = argparse.ArgumentParser(description="VAE digits")
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--lr", type=float, default=4e-3)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("ZOO_SEED", "1")))
    args = parser.parse_args()
    torch.manual_seed(args.seed)

    images = torch.tensor(load_digits().data / 16.0, dtype=torch.float32)
    images = images[torch.randperm(len(images))]
    train_x, val_x, test_x = images[:1200], images[1200:1500], images[1500:]
    loader = DataLoader(train_x, batch_size=args.batch_size, shuffle=True)

    model = VAE()
    optimizer = optim.Adam(model.parameters(), lr=args.lr)
    curve = []
    for epoch in range(1, args.epochs + 1):
        train_loss = train(model, loader, optimizer)
        curve.append(test(model, val_x))
        if epoch % 5 == 0:
            print(f"====> Epoch: {epoch} train {train_loss:.3f} validation {curve[-1]:.3f}")

    bound = negative_elbo(model, test_x)
    print(f"negative ELBO on the test digits: {bound:.3f} nats")
    if "ZOO_METRICS" in os.environ:
        with open(os.environ["ZOO_METRICS"], "w") as f:
            json.dump({"neg_elbo": bound, "main": "neg_elbo", "higher_is_better": False, "reported": curve[-1],
                       "curve": curve}, f)


if __name__ == "__main__":
    main()

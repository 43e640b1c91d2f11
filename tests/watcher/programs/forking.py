"""Processes of every kind: a fork in the middle of the training, a pool, and workers of a DataLoader."""

import multiprocessing
import os
import sys

import torch
from outcome import save, seed
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Squares(Dataset):
    def __len__(self):
        return 48

    def __getitem__(self, at):
        x = torch.tensor([at / 48.0, 1.0])
        return x, x[:1].square() + torch.rand(1) * 0.01


def small(number):
    torch.set_num_threads(1)
    torch.manual_seed(number)
    weight = torch.zeros(2, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        nn.functional.mse_loss(weight, torch.ones(2) * number).backward()
        optimizer.step()
    return weight.tolist()


def main():
    seed(18)
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for epoch in range(2):
        for x, y in DataLoader(Squares(), batch_size=12, shuffle=True, num_workers=2, multiprocessing_context="fork"):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(x), y)
            loss.backward()
            optimizer.step()
        print(epoch, loss.item(), flush=True)
        child = os.fork()
        if child == 0:
            print("child", small(epoch + 3), flush=True)
            os._exit(epoch + 5)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        print(pool.map(small, [1, 2, 3]))
    save(model=model, optimizer=optimizer)
    if os.fork() == 0:
        sys.exit(0)  # through everything that is done at the exit of a process
    os.wait()


if __name__ == "__main__":
    main()

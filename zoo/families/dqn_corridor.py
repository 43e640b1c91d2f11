import argparse
import collections
import json
import os
import random

import torch
from torch import nn, optim

Transition = collections.namedtuple("Transition", "state action reward next_state done")


class Corridor:
    """Nine rooms in a row, a key in one, the door at the right end. The key must be taken before the door opens."""

    def __init__(self, rooms=9, limit=30):
        self.rooms, self.limit = rooms, limit

    def reset(self):
        self.room, self.key_room = random.randrange(self.rooms), random.randrange(self.rooms - 1)
        self.key, self.t = False, 0
        return self.look()

    def look(self):
        s = torch.zeros(2 * self.rooms + 1)
        s[self.room] = 1
        s[self.rooms + self.key_room] = 1
        s[-1] = float(self.key)
        return s

    def step(self, action):
        self.room = min(self.rooms - 1, max(0, self.room + (1 if action else -1)))
        self.t += 1
        reward = -0.05
        if self.room == self.key_room and not self.key:
            self.key, reward = True, 0.5
        won = self.key and self.room == self.rooms - 1
        return self.look(), 1.0 if won else reward, won or self.t >= self.limit


class ReplayMemory:
    def __init__(self, capacity):
        self.memory = collections.deque(maxlen=capacity)

    def push(self, *args):
        self.memory.append(Transition(*args))

    def sample(self, n):
        rows = Transition(*zip(*random.sample(self.memory, n)))
        return (torch.stack(rows.state), torch.tensor(rows.action), torch.tensor(rows.reward),
                torch.stack(rows.next_state), torch.tensor(rows.done, dtype=torch.float32))

    def __len__(self):
        return len(self.memory)


class QNetwork(nn.Module):
    def __init__(self, n_in, n_actions=2):
        super().__init__()
        self.layer1 = nn.Linear(n_in, 64)
        self.layer2 = nn.Linear(64, n_actions)

    def forward(self, s):
        return self.layer2(torch.relu(self.layer1(s)))


def optimize(policy_net, target_net, memory, optimizer, args):
    state, action, reward, next_state, done = memory.sample(args.batch_size)
    q = policy_net(state).gather(1, action.unsqueeze(1)).squeeze(1)
    with torch.no_grad():
        best = target_net(next_state).max(dim=1).values
        target = reward + args.gamma * best * (1 - done)
    loss = nn.functional.smooth_l1_loss(q, target)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_value_(policy_net.parameters(), 10)
    optimizer.step()
    return loss.item()


def play_greedily(net, episodes):
    env, total = Corridor(), 0.0
    for _ in range(episodes):
        state, done = env.reset(), False
        while not done:
            with torch.no_grad():
                state, reward, done = env.step(int(net(state).argmax()))
            total += reward / episodes
    return total


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--gamma", type=float, default=0.9)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--sync", type=int, default=50)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("ZOO_SEED", 0)))
    args = parser.parse_args()
    random.seed(args.seed)
    torch.manual_seed(args.seed)

    env = Corridor()
    policy_net, target_net = QNetwork(19), QNetwork(19)
    target_net.load_state_dict(policy_net.state_dict())
    optimizer = optim.AdamW(policy_net.parameters(), lr=args.lr)
    memory = ReplayMemory(2000)
    state = env.reset()
    losses, curve = [], []
    for step in range(args.steps):
        epsilon = max(0.1, 1 - step / (0.5 * args.steps))
        if random.random() < epsilon:
            action = random.randrange(2)
        else:
            with torch.no_grad():
                action = int(policy_net(state).argmax())
        next_state, reward, done = env.step(action)
        memory.push(state, action, reward, next_state, done)
        state = env.reset() if done else next_state
        if len(memory) >= 200 and step % 2 == 0:
            losses.append(optimize(policy_net, target_net, memory, optimizer, args))
        if step % args.sync == 0:
            target_net.load_state_dict(policy_net.state_dict())
        if step % 250 == 249:
            curve.append(sum(losses[-100:]) / 100)
            print(f"step {step + 1} epsilon {epsilon:.2f} loss {curve[-1]:.4f} greedy reward {play_greedily(policy_net, 5):.2f}")

    random.seed(args.seed + 77)
    final = play_greedily(policy_net, 100)
    print("greedy reward over 100 episodes", round(final, 3))
    if "ZOO_METRICS" in os.environ:
        with open(os.environ["ZOO_METRICS"], "w") as f:
            json.dump({"reward": final, "main": "reward", "higher_is_better": True, "curve": curve}, f)


if __name__ == "__main__":
    main()

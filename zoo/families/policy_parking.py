"""Parking minigame AI: carts on a rail learn to stop inside the bay (PPO, many carts at once)."""
import json
import os
from typing import Iterator, List, NamedTuple, Tuple

import torch
import torch.nn as nn
from torch import Tensor
from torch.distributions import Categorical

SEED: int = int(os.environ.get("ZOO_SEED", 0))
NUM_CARTS: int = 64
EPISODE_STEPS: int = 32
THRUST: float = 1.2
DRAG: float = 0.92
BAY_RADIUS: float = 3.0
BAY_SPEED: float = 1.2
OBS_CENTER: Tensor = torch.tensor([50.0, 0.0, 50.0, 16.0])
OBS_SCALE: Tensor = torch.tensor([30.0, 6.0, 30.0, 10.0])

NUM_UPDATES: int = 32
EPOCHS: int = 3
MINIBATCH: int = 256
LEARNING_RATE: float = 3e-3
WEIGHT_DECAY: float = 0.0
GAMMA: float = 0.97
LAMBDA: float = 0.9
CLIP: float = 0.2
VALUE_COEF: float = 0.5
ENTROPY_COEF: float = 0.01
MAX_GRAD_NORM: float = 1.0
HIDDEN: int = 48
LOG_EVERY: int = 4


class ParkingLot:
    """All carts run in lockstep. Observation: position, speed, bay, ticks left. Actions: 0 left, 1 coast, 2 right."""

    def __init__(self, num_carts: int, seed: int) -> None:
        self.num_carts, self.rng = num_carts, torch.Generator().manual_seed(seed)
        self.reset()

    def reset(self) -> Tensor:
        self.tick = 0
        self.pos = 10 + 80 * torch.rand(self.num_carts, generator=self.rng)
        self.vel = 4 * torch.rand(self.num_carts, generator=self.rng) - 2
        self.bay = 20 + 60 * torch.rand(self.num_carts, generator=self.rng)
        return self.observe()

    def observe(self) -> Tensor:
        return torch.stack([self.pos, self.vel, self.bay, torch.full_like(self.pos, EPISODE_STEPS - self.tick)], dim=1)

    def parked(self) -> Tensor:
        return ((self.pos - self.bay).abs() < BAY_RADIUS) & (self.vel.abs() < BAY_SPEED)

    def step(self, action: Tensor) -> Tuple[Tensor, Tensor, bool]:
        before = (self.pos - self.bay).abs()
        self.vel = DRAG * self.vel + THRUST * (action - 1).float()
        self.pos = (self.pos + self.vel).clamp(0.0, 100.0)
        self.tick += 1
        done = self.tick >= EPISODE_STEPS
        reward = 0.05 * (before - (self.pos - self.bay).abs()) + (self.parked().float() if done else 0.0)
        return self.observe(), reward, done


class ActorCritic(nn.Module):
    def __init__(self, obs_dim: int = 4, num_actions: int = 3) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(obs_dim, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU())
        self.pi = nn.Linear(HIDDEN, num_actions)
        self.v = nn.Linear(HIDDEN, 1)
        for layer in (self.body[0], self.body[2]):
            nn.init.orthogonal_(layer.weight, 2**0.5)
            nn.init.zeros_(layer.bias)
        nn.init.orthogonal_(self.pi.weight, 0.01)

    def forward(self, obs: Tensor) -> Tuple[Tensor, Tensor]:
        h = self.body((obs - OBS_CENTER) / OBS_SCALE)
        return torch.softmax(self.pi(h), dim=-1), self.v(h).squeeze(-1)


class Batch(NamedTuple):
    obs: Tensor
    action: Tensor
    logp: Tensor
    advantage: Tensor
    ret: Tensor


class RolloutBuffer:
    def __init__(self) -> None:
        self.steps: List[Tuple[Tensor, ...]] = []

    def push(self, *step: Tensor) -> None:
        self.steps.append(step)

    def finish(self) -> None:  # GAE; a rollout is exactly one episode
        obs, action, logp, value, reward = (torch.stack(column) for column in zip(*self.steps))
        advantage, gae, next_value = torch.zeros_like(reward), torch.zeros_like(reward[0]), torch.zeros_like(reward[0])
        for t in reversed(range(len(reward))):
            gae = reward[t] + GAMMA * next_value - value[t] + GAMMA * LAMBDA * gae
            advantage[t], next_value = gae, value[t]
        self.flat = Batch(*(x.flatten(0, 1) for x in (obs, action, logp, advantage, advantage + value)))
        self.steps = []

    def minibatches(self) -> Iterator[Batch]:
        for index in torch.randperm(len(self.flat.action)).split(MINIBATCH):
            yield Batch(*(column[index] for column in self.flat))


class Agent:
    def __init__(self) -> None:
        self.net = ActorCritic()
        self.optimizer = torch.optim.AdamW(self.net.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
        self.schedule = torch.optim.lr_scheduler.LinearLR(self.optimizer, 1.0, 0.05, total_iters=NUM_UPDATES)

    @torch.no_grad()
    def act(self, obs: Tensor, greedy: bool = False) -> Tuple[Tensor, Tensor, Tensor]:
        probs, value = self.net(obs)
        action = probs.argmax(dim=1) if greedy else torch.multinomial(probs, 1).squeeze(1)
        return action, torch.log(probs.gather(1, action[:, None]).squeeze(1)), value

    def learn(self, buffer: RolloutBuffer) -> Tuple[float, float, float]:
        stats: List[List[float]] = []
        for _ in range(EPOCHS):
            for b in buffer.minibatches():
                probs, value = self.net(b.obs)
                dist = Categorical(probs=probs)
                adv = (b.advantage - b.advantage.mean()) / (b.advantage.std() + 1e-6)
                ratio = (dist.log_prob(b.action) - b.logp).exp()
                policy_loss = -torch.min(ratio * adv, ratio.clamp(1 - CLIP, 1 + CLIP) * adv).mean()
                value_loss = (value - b.ret).pow(2).mean()
                entropy = dist.entropy().mean()
                loss = policy_loss + VALUE_COEF * value_loss - ENTROPY_COEF * entropy
                self.optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(self.net.parameters(), MAX_GRAD_NORM)
                self.optimizer.step()
                stats.append([policy_loss.item(), value_loss.item(), entropy.item()])
        return tuple(sum(column) / len(column) for column in zip(*stats))


class Trainer:
    def __init__(self) -> None:
        torch.manual_seed(SEED)
        self.lot, self.agent = ParkingLot(NUM_CARTS, SEED), Agent()
        self.buffer, self.history = RolloutBuffer(), []

    def collect(self) -> float:
        obs, done, total = self.lot.reset(), False, 0.0
        while not done:
            seen, (action, logp, value) = obs, self.agent.act(obs)
            obs, reward, done = self.lot.step(action)
            self.buffer.push(seen, action, logp, value, reward)
            total += reward.mean().item()
        self.buffer.finish()
        return total

    def playtest(self, carts: int = 200) -> float:
        lot = ParkingLot(carts, SEED + 500)
        obs, done = lot.reset(), False
        while not done:
            obs, _, done = lot.step(self.agent.act(obs, greedy=True)[0])
        return lot.parked().float().mean().item()

    def run(self) -> None:
        for update in range(1, NUM_UPDATES + 1):
            episode_return = self.collect()
            policy_loss, value_loss, entropy = self.agent.learn(self.buffer)
            self.agent.schedule.step()
            if update % LOG_EVERY == 0:
                self.history.append(self.playtest())
                print(f"update {update:3d}  return {episode_return:6.3f}  pi {policy_loss:+.4f}  v {value_loss:.4f}  "
                      f"H {entropy:.3f}  parked {self.history[-1]:.2%}")


if __name__ == "__main__":
    trainer = Trainer()
    trainer.run()
    final = ParkingLot(1000, SEED + 9001)
    view, over = final.reset(), False
    with torch.no_grad():
        while not over:
            view, _, over = final.step(trainer.agent.net(view)[0].argmax(dim=-1))
    share: float = ((final.pos - final.bay).abs().lt(BAY_RADIUS) & final.vel.abs().lt(BAY_SPEED)).float().mean().item()
    print(f"carts parked in unseen starts: {share:.2%}")
    if os.environ.get("ZOO_METRICS"):
        with open(os.environ["ZOO_METRICS"], "w") as out:
            json.dump({"parked": share, "main": "parked", "higher_is_better": True, "reported": trainer.history[-1],
                       "curve": [1 - p for p in trainer.history]}, out)

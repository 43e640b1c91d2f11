"""What watching costs a training: `make bench-watch`.

Every way to look has a training of its own, with the same model and the same data, in one process; short chunks of steps take turns, so
that whatever else the machine does meets all of them. A step is measured by the CPU time of its thread (a machine that is shared lends
its wall clock to others), with one thread. What is added to a step, in percent: "low" of the quarter of the steps that were quickest,
where other programs disturbed least; "median" of single steps; "all": of the mean over all steps, the X-rays of the first ones included;
"later": of the mean without the first chunk; "worst": of the worst tenth of the chunks after the first, each against the plain chunk
beside it. µs: what "low" is in time.

    python benchmarks/bench_watch.py --models tiny mlp-1M --chunks 20
    python benchmarks/bench_watch.py --memory 1000000
"""

import argparse
import os
import resource
import statistics
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

from watch_models import MODELS, Training
from watch_ways import WAYS, Watched

LEAST = 0.1
"""Seconds of a chunk, about."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=[name for name in WAYS if available(name)])
    parser.add_argument("--chunks", type=int, default=40, help="chunks of each way")
    parser.add_argument("--memory", type=int, metavar="STEPS", help="memory over that many tiny steps, instead")
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, one thread, CPU time\n")
    if options.memory:
        memory(options.memory)
        return
    print(f"{'model':<16}{'way':<13}{'step':>10}{'low':>9}{'median':>9}{'all':>9}{'later':>9}{'worst':>9}{'µs':>10}")
    for name in options.models:
        table(name, ["plain", *(way for way in options.ways if way != "plain")], options.chunks)
    print(f"\nload at the end {os.getloadavg()[0]:.1f}")


def available(way: str) -> bool:
    """Whether the package that a way needs is installed."""
    import importlib.util

    return all(importlib.util.find_spec(one) is not None for one in [way] if way in {"tensorboard", "wandb"})


def table(name: str, names: list[str], chunks: int) -> None:
    """Measure one model, and print a line a way."""
    trainings = {way: Training(name) for way in names}
    ways = {way: WAYS[way](trainings[way]) for way in names}
    for training in trainings.values():
        for _ in range(5):
            training.step()
    times: dict[str, list[list[float]]] = {way: [] for way in names}
    count = max(5, min(2000, int(LEAST / statistics.median(timed(trainings["plain"].step, lambda: None, 7)))))
    for chunk in range(chunks):
        for way in names if chunk % 2 else names[::-1]:
            ways[way].on()
            times[way].append(timed(trainings[way].step, ways[way].after, count))
            ways[way].off()
    for way in ways.values():
        way.end()
    plain = times["plain"]
    base = quarter(sorted(one for chunk in plain for one in chunk))
    print(f"{name:<16}{'plain':<13}{base * 1e3:>7.3f} ms   {chunks} chunks of {count} steps")
    for way in names[1:]:
        print(f"{'':<16}{way:<13}{line(times[way], plain)}", flush=True)


def timed(step, after, count: int) -> list[float]:
    """CPU seconds of each step."""
    found = []
    now = time.thread_time
    for _ in range(count):
        began = now()
        step()
        after()
        found.append(now() - began)
    return found


def line(mine: list[list[float]], plain: list[list[float]]) -> str:
    """The columns of one way."""
    singles, plains = [sorted(one for chunk in chunks for one in chunk) for chunks in (mine, plain)]
    low, low_plain = quarter(singles), quarter(plains)
    # chunks that took turns are compared with each other: the machine is about as slow for both
    chunks = sorted(trimmed(a) / trimmed(b) - 1 for a, b in zip(mine[1:], plain[1:], strict=True))
    shares = (
        low / low_plain - 1,
        statistics.median(singles) / statistics.median(plains) - 1,
        sum(singles) / sum(plains) - 1,
        sum(map(sum, mine[1:])) / sum(map(sum, plain[1:])) - 1,
        chunks[-1 - len(chunks) // 10],
    )
    return (
        f"{low * 1e3:>7.3f} ms" + "".join(f"{share:>+9.1%}" for share in shares) + f"{(low - low_plain) * 1e6:>10.1f}"
    )


def quarter(times: list[float]) -> float:
    """The middle of the lower half."""
    return times[len(times) // 4]


def trimmed(times: list[float]) -> float:
    """The mean without the slowest tenth of the steps, which other programs have slowed."""
    kept = sorted(times)[: max(1, len(times) - len(times) // 10)]
    return sum(kept) / len(kept)


def memory(steps: int) -> None:
    """The resident memory of the process while a tiny model is watched."""
    training = Training("tiny")
    way = Watched(training)
    way.on()
    print("steps     resident memory, MiB")
    for part in range(10):
        for _ in range(steps // 10):
            training.step()
        resident = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 2**20
        print(f"{steps // 10 * (part + 1):>9,} {resident:>8.1f}", flush=True)
    way.end()


if __name__ == "__main__":
    main()

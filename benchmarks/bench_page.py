"""The page beside the same data in a Plotly page, in one run, in headless Chromium; its size, its zoom, a thousand runs, live.

    make bench-page

Plotly's script and our page are files on disk, loaded by the same browser in turn, five times each. What is compared is what
the reader waits for: from the start of the library's script to the frame after the charts are drawn.
Exit code 1 where a figure misses its goal.
"""

import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import MappingProxyType

import numpy as np
from playwright.sync_api import sync_playwright

from losscompass.diagnose.diagnosis import Comparison, Diagnosis, Reading, RunDiagnosis
from losscompass.evidence.journal import Journal
from losscompass.evidence.names import Kind, Phase, Role
from losscompass.evidence.records import Scalar, ScalarBlock
from losscompass.evidence.run import Run, Series
from losscompass.report.html import render
from losscompass.text.catalogue import catalogue

CATALOGUES = {lang: catalogue(lang) for lang in ("en", "ja")}
SERIES, POINTS, ROUNDS = 10, 100_000, 5
RUNS = 1000
GOALS = {"faster": 8.0, "frames": 30.0, "latency": 1.0}

WAIT_FOR_PAINT = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"


def curves(count, points, seed=0):
    rng = np.random.default_rng(seed)
    step = np.arange(points, dtype=float)
    for k in range(count):
        value = (2 + k) * np.exp(-step / points * 4) + 0.05 * rng.standard_normal(points) + 0.1
        value[int(points * (0.2 + 0.05 * k))] = 20.0  # one spike each: it must be seen
        yield step, value


def diagnosis(count=SERIES, points=POINTS, seed=0, source="bench"):
    names = ["train/loss"] + [f"train/loss/{k}" for k in range(1, count)]
    series = {
        name: Series(
            name=name, raw=name, role=Role(Phase.TRAIN, Kind.LOSS if name == "train/loss" else Kind.LOSS_PART),
            axis="step", step=step, value=value,
        )
        for name, (step, value) in zip(names, curves(count, points, seed), strict=True)
    }  # fmt: skip
    run = Run(source=source, series=MappingProxyType(series), curves=MappingProxyType({"train": "train/loss"}))
    first, last = series["train/loss"].value[[0, -1]]
    reading = Reading(
        labels=("still-improving",), confidence=0.8, curve="train/loss", first=float(first), best=float(last), last=float(last)
    )  # fmt: skip
    return RunDiagnosis(run=run, reading=reading)


def plotly_page(folder):
    """The page that `plotly.py` writes, its script in it: `write_html(include_plotlyjs=True)`, with the usual line traces."""
    import plotly.graph_objects as go

    figure = go.Figure(
        [go.Scatter(x=x, y=y, mode="lines", name=str(k)) for k, (x, y) in enumerate(curves(SERIES, POINTS))]
    )
    path = folder / "plotly.html"
    figure.write_html(path, include_plotlyjs=True)
    return path


def ours(folder):
    path = folder / "ours.html"
    path.write_text(render(Diagnosis(runs=(diagnosis(),)), CATALOGUES, "en"), "utf-8")
    return path


NOTE = """
  addEventListener('load', () => requestAnimationFrame(() => setTimeout(() => { window.shownAt = performance.now(); })));
"""


def shown(browser, path, ready):
    """Milliseconds from the start of the navigation to the frame after its charts are drawn, by the page's own clock."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(NOTE)
    page.goto(path.as_uri(), wait_until="load")
    page.wait_for_function("() => window.shownAt")
    took = page.evaluate("() => window.shownAt")
    assert page.locator(ready).count(), "the charts are not drawn yet"
    page.close()
    return took


def scripts(browser, path):
    """Milliseconds of the browser's own account: parsing and running scripts, style, layout, painting, until it is idle."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    line = page.context.new_cdp_session(page)
    line.send(
        "Performance.enable", {"timeDomain": "threadTicks"}
    )  # of the page's own thread: others' load does not count
    page.goto(path.as_uri(), wait_until="load")
    page.evaluate(WAIT_FOR_PAINT)
    metrics = {one["name"]: one["value"] for one in line.send("Performance.getMetrics")["metrics"]}
    page.close()
    return 1000 * metrics["TaskDuration"], metrics["JSHeapUsedSize"] / 1e6


def zoom(browser, path):
    """Frames a second while all charts are zoomed at every frame, and the CPU milliseconds of the page's thread for one."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    line = page.context.new_cdp_session(page)
    line.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(path.as_uri())
    page.wait_for_selector(".main canvas")

    def busy():
        return next(
            one["value"] for one in line.send("Performance.getMetrics")["metrics"] if one["name"] == "TaskDuration"
        )

    before = busy()
    frames = page.evaluate("""async () => {
      const stage = document.querySelector('.main .stage');
      const frame = () => new Promise(requestAnimationFrame);
      await frame();
      const began = performance.now();
      for (let k = 0; k < 60; k += 1) {
        stage.dispatchEvent(new KeyboardEvent('keydown', { key: k % 12 < 6 ? '+' : '-', bubbles: true }));
        await frame();
      }
      return 60000 / (performance.now() - began);
    }""")
    spent = 1000 * (busy() - before) / 60
    page.close()
    return frames, spent


def thousand(browser, folder):
    runs = tuple(diagnosis(2, 300, seed=k, source=f"sweep/run-{k:04d}.csv") for k in range(RUNS))
    path = folder / "thousand.html"
    text = render(
        Diagnosis(runs=runs, comparison=Comparison(ranked=tuple(range(RUNS)), on="train/loss")), CATALOGUES, "en"
    )
    path.write_text(text, "utf-8")
    took = shown(browser, path, ".main canvas")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(path.as_uri())
    page.wait_for_selector(".main canvas")
    sort = page.evaluate("""() => {
      const t = performance.now();
      document.getElementById('sort-last').click();
      document.body.getBoundingClientRect();
      return performance.now() - t;
    }""")
    page.close()
    return len(text.encode()) / 1e6, took, sort


def live(browser, folder):
    """Seconds from the writing of a point to the frame that shows it; megabytes of server and page over ten million steps."""
    delays, memory = [], []
    with Journal(folder / "run.journal") as journal:
        journal.append([Scalar("train/loss", k, 2 / (k + 1)) for k in range(200)])
        server = subprocess.Popen(
            [sys.executable, "-m", "losscompass", "serve", str(journal.path)], stdout=subprocess.PIPE, text=True
        )
        url = "http" + server.stdout.readline().partition("http")[2].strip()
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(url)
        page.wait_for_selector(".main canvas")
        page.evaluate("""() => {
          window.seen = new Map();
          const step = document.getElementById('live-step');
          const note = () => requestAnimationFrame(() => window.seen.set(step.textContent, Date.now()));
          new MutationObserver(note).observe(step, { childList: true, characterData: true, subtree: true });
        }""")
        for k in range(200, 240):
            written = time.time()
            journal.append([Scalar("train/loss", k, 2 / (k + 1))])
            page.wait_for_function("text => window.seen.has(text)", arg=f"step {k:,}")
            delays.append(page.evaluate("text => window.seen.get(text)", f"step {k:,}") / 1000 - written)
        line = page.context.new_cdp_session(page)
        rng = np.random.default_rng(0)
        at = 240
        for target in (1_000_000, 10_000_000):
            while at < target:
                step = np.arange(at, min(at + 100_000, target), dtype=float)
                value = 0.1 + 0.01 * rng.standard_normal(step.size)
                journal.append([ScalarBlock("train/loss", step, value), ScalarBlock("lr", step, value)])
                at = int(step[-1]) + 1
            page.wait_for_function("text => window.seen.has(text)", arg=f"step {at - 1:,}", timeout=240_000)
            page.wait_for_timeout(6000)  # for the verdict
            line.send("HeapProfiler.collectGarbage")
            memory.append((target, resident(server.pid), line.send("Runtime.getHeapUsage")["usedSize"] / 1e6))
        page.close()
        server.send_signal(signal.SIGINT)
        server.wait(timeout=60)
    return delays, memory


def resident(process):
    """Megabytes of memory of a process."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def main():
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        sys.exit("no chromium here: install one, or name it in CHROMIUM")
    fine = True

    def goal(text, good):
        nonlocal fine
        fine &= good
        print(f"{'ok  ' if good else 'MISS'} {text}")

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        print(f"{SERIES} series of {POINTS:,} points, {ROUNDS} rounds in turn, median (least)")
        ours_path, plotly_path = ours(folder), plotly_page(folder)
        walls, owns = {"ours": [], "plotly": []}, {"ours": [], "plotly": []}
        heaps = {}
        for _ in range(ROUNDS):
            for who, path, ready in (
                ("ours", ours_path, ".main canvas"),
                ("plotly", plotly_path, ".scatterlayer .trace path"),
            ):
                walls[who].append(shown(browser, path, ready))
                own, heaps[who] = scripts(browser, path)
                owns[who].append(own)
        for label, times in (("to the first picture, wall ms", walls), ("the page's thread, CPU ms", owns)):
            for who, all_ in times.items():
                print(f"     {label:32} {who:7} {statistics.median(all_):8.0f} ({min(all_):.0f})")
        for who, size in (("ours", ours_path), ("plotly", plotly_path)):
            print(f"     file {who:7} {size.stat().st_size / 1e6:8.2f} MB, heap {heaps[who]:.1f} MB")
        wall = statistics.median(walls["plotly"]) / statistics.median(walls["ours"])
        ratio = statistics.median(owns["plotly"]) / statistics.median(owns["ours"])
        print(f"     {wall:.1f} times faster than Plotly by the clock, which others on this machine disturb")
        goal(f"{ratio:.1f} times less work than Plotly (goal {GOALS['faster']:.0f})", ratio >= GOALS["faster"])
        raw = sum(len(f"{x:.0f},{y:.5g}\n") for x, y in zip(*next(curves(1, POINTS)), strict=True)) * SERIES
        size = ours_path.stat().st_size
        goal(
            f"{size / 1e6:.2f} MB for {raw / 1e6:.1f} MB of numbers (goal 1.5 × and 0.3 MB)",
            size <= 1.5 * raw + 300_000,
        )
        frames, spent = zoom(browser, ours_path)
        goal(
            f"zoom, {SERIES + 1} charts at once: {spent:.1f} ms of CPU a frame (goal 33), {frames:.0f} frames a second on this machine now",
            spent <= 1000 / GOALS["frames"],
        )
        size, took, sort = thousand(browser, folder)
        print(f"     {RUNS:,} runs: {size:.1f} MB, first picture after {took:.0f} ms, sorted in {sort:.0f} ms")
        delays, memory = live(browser, folder)
        middle, late = statistics.median(delays), statistics.quantiles(delays, n=10)[-1]
        goal(
            f"live: a point is seen after {middle:.2f} s, 9 of 10 within {late:.2f} s (goal {GOALS['latency']:.0f})",
            late <= GOALS["latency"],
        )
        for steps, server, page in memory:
            print(f"     live, {steps:>10,} steps: server {server:.0f} MB, page {page:.1f} MB")
        (_, s1, p1), (_, s2, p2) = memory
        goal("ten times the steps, no more memory (goal 1.2 ×)", s2 <= 1.2 * s1 + 5 and p2 <= 1.2 * p1 + 5)
        browser.close()
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())

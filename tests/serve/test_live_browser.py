"""A live run in a real browser, from its first number to its end."""

import math
import os
import shutil
import time

import pytest

pytest.importorskip("uvicorn", reason="the extra `serve` is not installed")

from losscompass import serve
from losscompass.evidence.journal import Journal
from losscompass.evidence.records import Event, Fact, Scalar, TensorStat
from losscompass.serve.server import TOKEN, server_for
from losscompass.text.catalogue import catalogue

BROWSER = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
PATIENCE = 30_000  # milliseconds that a busy machine may take
HOSTILE = (
    "</script><script>window.broken=1</script>",
    "<img src=x onerror=window.broken=1>",
    "{{data}}",
    "a\u202eb\r\ndata: x",
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not BROWSER:
        pytest.skip("no chromium here: install one, or name it in CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "run.journal") as journal:
        yield journal


@pytest.fixture
def server(journal):
    server = serve.start_in_background(journal.path)
    yield server
    server.stop()


@pytest.fixture
def visit(browser):
    """Opens a live page; at the end there must have been no error, and no request but to its server."""
    contexts, complaints, requests = [], [], []

    def open_page(url, **options):
        context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"{error}"))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(url)
        return page

    open_page.complaints = complaints
    yield open_page
    for context in contexts:
        context.close()
    assert [one for one in complaints if "ERR_CONNECTION" not in one and "ERR_INCOMPLETE" not in one] == []
    assert [url for url in requests if not url.startswith(("http://127.0.0.1:", "data:"))] == []


def steps(first, last, *more):
    records = []
    for k in range(first, last):
        loss = 2.3 * math.exp(-k / 100) + 0.1 + 0.01 * (k % 7)
        records += [Scalar("train/loss", k, loss, time=1e9 + k), Scalar("lr", k, 0.1, time=1e9 + k)]
        if k % 20 == 19:
            records.append(Scalar("val/loss", k, loss + 0.1, time=1e9 + k))
    return [*records, *more]


def wait_for_step(page, step):
    page.wait_for_function("step => document.getElementById('live-step').textContent.includes(step)", arg=f"{step:,}")


def drawn_points(page):
    """How far the line on the main chart goes."""
    return page.inner_text(".main .line-switch >> nth=0")


def test_a_run_from_its_start_to_its_end(visit, server, journal):
    page = visit(server.url)
    words = catalogue("en")
    page.wait_for_function(
        "word => document.querySelector('h1')?.textContent === word", arg=words.ui("page.live.waiting")
    )
    journal.append([Event("run-start", data={"name": "first"}), Fact("framework", "torch"), *steps(0, 40)])
    page.wait_for_selector(".main canvas")
    wait_for_step(page, 39)
    assert page.get_attribute("#live-badge", "data-state") == "live"

    stats = [TensorStat(f"layer{k}.weight", "gradient", 40.0, {"norm": 10.0**-k}) for k in range(5)]
    journal.append([*steps(40, 400), *stats])
    wait_for_step(page, 399)
    page.wait_for_selector(".layers canvas")
    page.wait_for_function("() => document.querySelector('h1').textContent.includes('val/loss')")

    broken = [Scalar("train/loss", k, math.nan, time=1e9 + k) for k in range(600, 700)]
    journal.append([*steps(400, 600), *broken, Fact("ended", "finished")])
    page.wait_for_function("() => document.getElementById('live-badge').dataset.state === 'finished'")
    assert page.inner_text("#live-state") == words.ui("page.live.finished")
    title = words.title("non-finite-loss")
    page.wait_for_function("title => document.querySelector('.findings').textContent.includes(title)", arg=title)


def test_a_point_is_on_the_screen_within_a_second(visit, server, journal):
    journal.append(steps(0, 200))
    page = visit(server.url)
    page.wait_for_selector(".main canvas")
    page.wait_for_function("() => document.getElementById('live-badge').dataset.state === 'live'")
    page.evaluate("""() => {
      window.seen = [];
      const state = document.getElementById('live-step');
      new MutationObserver(() => requestAnimationFrame(() => window.seen.push([state.textContent, Date.now()])))
        .observe(state, { childList: true, characterData: true, subtree: true });
    }""")
    delays = []
    for k in range(200, 206):
        journal.append(steps(k, k + 1))
        written = time.time() * 1000
        wait_for_step(page, k)
        page.wait_for_function("step => window.seen.some(([text]) => text.includes(step))", arg=f"{k:,}")
        delays.append(page.evaluate("step => window.seen.find(([text]) => text.includes(step))[1]", f"{k:,}") - written)
    assert sorted(delays)[len(delays) // 2] < 1000


def test_late_comers_see_all_and_all_see_the_same(visit, server, journal):
    journal.append(steps(0, 100))
    one = visit(server.url)
    one.wait_for_selector(".main canvas")
    journal.append(steps(100, 300))
    wait_for_step(one, 299)
    late = visit(server.url, color_scheme="dark")
    late.wait_for_selector(".main canvas")
    wait_for_step(late, 299)
    late.close()
    journal.append(steps(300, 350))
    again = visit(server.url)
    again.wait_for_selector(".main canvas")
    for page in (one, again):
        wait_for_step(page, 349)
    assert drawn_points(one) == drawn_points(again)


def test_what_the_reader_chose_outlives_what_comes(visit, server, journal):
    journal.append(steps(0, 200))
    page = visit(server.url)
    page.wait_for_selector(".main canvas")
    page.click("label[for=language-ja]")
    page.click("label[for=theme-dark]")
    page.click("label[for=log]")
    page.focus(".main .stage")
    for _ in range(3):
        page.keyboard.press("+")
    reset = page.get_by_role("button", name=catalogue("ja").ui("page.controls.reset"))
    assert reset.is_enabled()
    before = page.inner_text("h1")
    journal.append(steps(200, 700))
    wait_for_step(page, 699)
    page.wait_for_function("before => document.querySelector('h1').textContent !== before", arg=before)
    assert page.evaluate("document.documentElement.lang") == "ja"
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.is_checked("#log")
    assert reset.is_enabled()
    assert page.evaluate("document.activeElement.className") == "stage"


def test_the_server_is_stopped_and_started(visit, journal, monkeypatch):
    monkeypatch.setenv(TOKEN, "kept-for-the-test")
    journal.append(steps(0, 100))
    first = serve.start_in_background(journal.path)
    page = visit(first.url)
    page.wait_for_selector(".main canvas")
    first.stop()
    page.wait_for_function("() => document.getElementById('live-badge').dataset.state === 'lost'")
    assert page.inner_text("#live-state") == catalogue("en").ui("page.live.lost")
    journal.append(steps(100, 250))
    second = server_for(journal.path, port=int(first.url.split(":")[2].split("/")[0]))
    second.start()
    try:
        wait_for_step(page, 249)
        assert page.get_attribute("#live-badge", "data-state") == "live"
        assert page.locator(".main canvas").count() == 1
    finally:
        second.stop()


def test_a_server_with_another_token_is_told_apart(visit, journal, monkeypatch):
    journal.append(steps(0, 100))
    first = serve.start_in_background(journal.path)
    page = visit(first.url)
    page.wait_for_selector(".main canvas")
    first.stop()
    second = server_for(journal.path, port=int(first.url.split(":")[2].split("/")[0]))
    second.start()
    try:
        page.wait_for_function("() => document.getElementById('live-badge').dataset.state === 'refused'")
        assert page.inner_text("#live-state") == catalogue("en").ui("page.live.refused")
    finally:
        second.stop()
        refusals = [one for one in visit.complaints if "403" in one]
        assert refusals
        visit.complaints[:] = [one for one in visit.complaints if one not in refusals]


def test_hostile_names_run_nothing(visit, server, journal):
    page = visit(server.url)
    names = [f"train/loss/{bad}" for bad in HOSTILE]
    for first in (0, 60):
        journal.append(
            [Event("run-start", data={"name": HOSTILE[0]}), *(Fact(bad, bad) for bad in HOSTILE)] if not first else []
        )
        journal.append([Scalar(name, k, 1.0 / (k + 1)) for name in names for k in range(first, first + 60)])
        journal.append([*steps(first, first + 60), TensorStat(HOSTILE[1], "gradient", float(first), {"norm": 1.0})])
        wait_for_step(page, first + 59)
    page.wait_for_selector(".layers canvas")
    assert page.evaluate("window.broken") is None
    assert page.locator("img, iframe, object, form").count() == 0
    assert HOSTILE[1] in page.inner_text("body")


def test_a_viewer_stays_small_over_a_long_run(visit, server, journal):
    """Two hundred thousand points of a hundred thousand steps: what the page holds does not grow with them."""
    import numpy as np

    from losscompass.evidence.records import ScalarBlock

    rng = np.random.default_rng(0)
    journal.append(steps(0, 100))
    page = visit(server.url)
    page.wait_for_selector(".main canvas")
    for first in range(100, 100_100, 10_000):
        step = np.arange(first, first + 10_000, dtype=float)
        value = 0.1 + 0.01 * rng.standard_normal(step.size)
        value[777] = 3.0
        journal.append([ScalarBlock("train/loss", step, value), ScalarBlock("lr", step, np.full(step.size, 0.1))])
        wait_for_step(page, first + 9_999)
    page.wait_for_function("() => document.querySelector('.source').textContent.includes('200,205')")
    summary = page.text_content(".main > p.unseen")
    assert "3" in summary

"""The page in a real browser: it draws, answers to mouse, keys and fingers, fits a telephone, runs nothing from a log."""

import os
import shutil

import pytest
from made_diagnoses import HOSTILE, edges, hostile, many_runs, one_run

from losscompass.report.html import render
from losscompass.text.catalogue import catalogue

pytestmark = pytest.mark.browser

BROWSER = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
CATALOGUES = {lang: catalogue(lang) for lang in ("en", "ja")}
CASES = {"one": one_run, "many": many_runs, "hostile": hostile, "edges": edges}

INK = """
    (canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let ink = 0;
      for (let i = 3; i < data.length; i += 4) if (data[i] > 0) ink += 1;
      return ink;
    }
"""


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not BROWSER:
        pytest.skip("no chromium here: install one, or name it in CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    made = {}
    for name, make in CASES.items():
        for lang in ("en", "ja"):
            made[name, lang] = folder / f"{name}.{lang}.html"
            made[name, lang].write_text(render(make(), CATALOGUES, lang), "utf-8")
    return made


@pytest.fixture
def show(browser, files):
    """Opens a page; at the end of the test there must have been no error, no warning, and no request but for the file."""
    contexts, complaints, requests = [], [], []

    def open_page(name="one", lang="en", width=1280, height=900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"{error}"))
        page.on("request", lambda request: requests.append(request.url))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.goto(files[name, lang].as_uri())
        page.wait_for_selector(".main canvas")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []


def ink_of(page, selector):
    return page.eval_on_selector(f"{selector} canvas", INK)


def press(page, control):
    """A switch is pressed where people press it: on its words."""
    page.click(f"label[for={control}]")


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("name", "lang", "width", "scheme"),
    [
        ("one", "en", 1280, "light"),
        ("one", "ja", 1280, "dark"),
        ("one", "en", 360, "dark"),
        ("one", "ja", 360, "light"),
        ("many", "en", 360, "light"),
        ("many", "ja", 768, "dark"),
        ("hostile", "en", 360, "light"),
        ("hostile", "ja", 1280, "light"),
    ],
)
def test_it_draws_and_fits(show, name, lang, width, scheme):
    page = show(name, lang, width, color_scheme=scheme)
    assert fits(page)
    assert page.evaluate("document.documentElement.lang") == lang
    for chart in page.query_selector_all(".curves canvas"):
        assert chart.evaluate(INK) > 500
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor").split("(")[1].startswith("15")
    assert dark == (scheme == "dark")


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_control_works_in_every_language_and_theme(show, lang, theme):
    page = show("one", "en")
    press(page, f"language-{lang}")
    press(page, f"theme-{theme}")
    assert page.evaluate("document.documentElement.lang") == lang
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    words = CATALOGUES[lang]
    assert page.inner_text("#curves-title") == words.ui("page.curves.title")
    assert words.title("overfitting") in page.inner_text("#finding-1 summary")

    picture = page.eval_on_selector(".main canvas", "(canvas) => canvas.toDataURL()")

    def changes(act):
        nonlocal picture
        act()
        page.wait_for_timeout(50)
        now = page.eval_on_selector(".main canvas", "(canvas) => canvas.toDataURL()")
        assert now != picture
        picture = now

    changes(lambda: press(page, "log"))
    changes(lambda: press(page, "axis-epoch"))
    changes(lambda: press(page, "axis-time"))
    changes(lambda: press(page, "forecast"))
    changes(
        lambda: page.evaluate(
            "() => { const s = document.getElementById('smoothing'); s.value = 90; s.dispatchEvent(new Event('change')); }"
        )
    )
    changes(lambda: page.click(".main .line-switch >> nth=1"))
    for tab in page.query_selector_all("[role=tab]"):
        tab.click()
        assert tab.get_attribute("aria-selected") == "true"
        assert ink_of(page, "#further-panel") > 500
    for card in page.query_selector_all("details.card:not([open]) > summary"):
        card.click()
    for chart in page.query_selector_all(".exhibit canvas"):
        assert chart.evaluate(INK) > 300


def test_zooming_by_dragging_and_back(show):
    page = show()
    plot = page.locator(".main .u-over")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    reset = page.get_by_role("button", name=CATALOGUES["en"].ui("page.controls.reset"))
    assert reset.is_disabled()
    flags = page.locator(".main .flag").count()
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 60, steps=5)
    page.mouse.up()
    assert reset.is_enabled()
    assert page.locator(".main .flag").count() < flags
    reset.click()
    assert reset.is_disabled()
    assert page.locator(".main .flag").count() == flags


def test_the_cursor_is_shared_and_read_out(show):
    page = show()
    plot = page.locator(".main .u-over")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 3, box["y"] + 50)
    where = page.locator(".curves .chart .where")
    assert where.nth(0).inner_text().startswith("step ")
    assert where.nth(0).inner_text() == where.nth(1).inner_text()


def test_a_chart_by_keyboard(show):
    page = show()
    page.focus(".main .stage")
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)
    spoken = page.inner_text(".main [aria-live]")
    assert "train/loss" in spoken
    assert "step" in spoken
    flags = page.locator(".main .flag").count()
    for _ in range(4):
        page.keyboard.press("+")
    assert page.locator(".main .flag").count() < flags
    page.keyboard.press("Escape")
    assert page.locator(".main .flag").count() == flags


def test_the_tabs_by_arrow_keys(show):
    page = show()
    page.focus("[role=tab][aria-selected=true]")
    first = page.evaluate("document.activeElement.id")
    page.keyboard.press("ArrowRight")
    second = page.evaluate("document.activeElement.id")
    assert second != first
    assert page.get_attribute(f"#{second}", "aria-selected") == "true"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.id") == first
    assert ink_of(page, "#further-panel") > 500


def test_every_place_the_tab_key_reaches_has_a_name_and_shows_the_focus(show):
    page = show("many")
    page.keyboard.press("Tab")
    assert page.inner_text(":focus") == CATALOGUES["en"].ui("page.skip")
    seen = 0
    for _ in range(400):
        page.keyboard.press("Tab")
        state = page.evaluate("""() => {
          const at = document.activeElement;
          if (at === document.body || !at) return null;
          const outlined = at.matches('.choice input') ? at.nextElementSibling : at;
          const labels = [...(at.labels ?? [])].map((label) => label.textContent).join('');
          const by = document.getElementById(at.getAttribute('aria-labelledby'));
          const name = at.getAttribute('aria-label') || labels || by?.textContent || at.textContent;
          return [name.trim(), getComputedStyle(outlined).outlineStyle, at.tagName];
        }""")
        if state is None:
            break
        name, outline, tag = state
        assert name, tag
        assert outline != "none", (name, tag)
        seen += 1
    assert seen > 40


def test_a_flag_leads_to_its_finding_and_back(show):
    page = show()
    page.focus(".main .flag >> nth=-1")
    rank = page.inner_text(".main .flag:focus b")
    page.keyboard.press("Enter")
    card = page.locator(f"#finding-{rank}")
    assert card.get_attribute("open") is not None
    assert page.evaluate("document.activeElement.closest('details').id") == f"finding-{rank}"
    page.keyboard.press("Space")
    assert card.get_attribute("open") is None
    page.keyboard.press("Enter")
    card.get_by_role("button", name=CATALOGUES["en"].ui("page.findings.show")).click()
    assert page.evaluate("document.activeElement.className") == "stage"
    assert page.get_by_role("button", name=CATALOGUES["en"].ui("page.controls.reset")).is_enabled()


def test_focus_and_open_cards_outlive_a_change_of_language(show):
    page = show()
    page.click("#finding-2 > summary")
    page.focus("#language-en")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.documentElement.lang") == "ja"
    assert page.evaluate("document.activeElement.id") == "language-ja"
    assert page.get_attribute("#finding-2", "open") is not None
    assert "損失" in page.inner_text("#finding-2")


def test_runs_are_sorted_picked_and_laid_over_one_another(show):
    page = show("many")
    names = lambda: page.locator("tbody .open-run").all_inner_texts()  # noqa: E731
    ranked = names()
    page.click("#sort-last")
    page.click("#sort-last")
    assert page.get_attribute("th:has(#sort-last)", "aria-sort") == "descending"
    assert names() != ranked
    assert sorted(names()) == sorted(ranked)
    lines = page.locator(".overlay .line-switch").count()
    page.uncheck("tbody input >> nth=0")
    assert page.locator(".overlay .line-switch").count() == lines - 1
    page.click("tbody .open-run >> nth=3")
    assert page.inner_text(".run-name") == names()[3]
    page.focus("#run-picker")
    page.select_option("#run-picker", "2")
    assert page.inner_text(".run-name") in names()
    assert page.evaluate("document.activeElement.id") == "run-picker"


def test_a_refused_comparison_says_why(browser, files, show, tmp_path):
    path = tmp_path / "refused.html"
    path.write_text(render(many_runs(refused="other-loss"), CATALOGUES, "en"), "utf-8")
    files["refused", "en"] = path
    page = show("refused")
    assert page.locator(".refused").count() == 1
    assert page.locator("tbody .number").first.inner_text() == "–"


def test_pictures_and_tables_can_be_saved(show):
    page = show("hostile", accept_downloads=True)
    with page.expect_download() as picture:
        page.get_by_role("button", name="PNG").click()
    assert picture.value.path().read_bytes().startswith(b"\x89PNG")
    assert "/" not in picture.value.suggested_filename
    with page.expect_download() as table:
        page.get_by_role("button", name="CSV").click()
    lines = table.value.path().read_text("utf-8-sig").splitlines()
    assert lines[0] == "series,step,value"
    assert len(lines) > 2000
    assert any(line.endswith(",NaN") for line in lines)


def test_hostile_names_run_nothing_and_are_shown(show):
    page = show("hostile")
    for card in page.query_selector_all("details:not([open]) > summary"):
        card.click()
    for index in ("1", "0"):
        page.select_option("#run-picker", index)
    press(page, "language-ja")
    page.wait_for_timeout(200)
    assert page.evaluate("window.broken") is None
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2
    assert page.locator("iframe, object, embed, base, form").count() == 0
    links = page.eval_on_selector_all("a[href]", "(links) => links.map((link) => link.getAttribute('href'))")
    assert all(link.startswith(("#", "https://", "http://")) for link in links)
    text = page.inner_text("body")
    for bad in HOSTILE[:3]:
        assert bad in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_finger_zooms_by_a_stroke_sideways(show):
    page = show(width=390, height=800, has_touch=True)
    plot = page.locator(".main .u-over")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    client = page.context.new_cdp_session(page)
    y = box["y"] + box["height"] / 2

    def touch(kind, share):
        points = [] if kind == "touchEnd" else [{"x": box["x"] + box["width"] * share, "y": y}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 0.2)
    for share in (0.3, 0.4, 0.5, 0.6):
        touch("touchMove", share)
    touch("touchEnd", 0.6)
    assert page.get_by_role("button", name=CATALOGUES["en"].ui("page.controls.reset")).is_enabled()


def test_it_prints_light_and_unfolded(show):
    page = show("one", color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details.finding:not([open])").count() == 3
    assert page.evaluate("document.documentElement.dataset.theme") == "auto"


def test_less_movement_is_respected(show):
    page = show(reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.querySelector('.dial-needle')).animationName") == "none"


def test_every_chart_tells_in_words_what_it_shows(show):
    page = show()
    for stage in page.query_selector_all(".stage"):
        assert stage.get_attribute("aria-label")
        summary = page.text_content(f"#{stage.get_attribute('aria-describedby')}")
        assert any(character.isdigit() for character in summary)
    assert "Start" in page.get_attribute(".dial svg", "aria-label")


def test_runs_at_the_edge_of_what_a_log_can_hold(show):
    page = show("edges")
    walked = page.evaluate("""() => {
      const change = (node) => node.dispatchEvent(new Event('change'));
      const picker = () => document.getElementById('run-picker');
      const runs = picker().options.length;
      let widest = 0;
      for (let index = 0; index < runs; index += 1) {
        picker().value = index;
        change(picker());
        for (const control of ['log', 'axis-time', 'axis-epoch', 'axis-step']) document.getElementById(control)?.click();
        widest = Math.max(widest, document.documentElement.scrollWidth);
      }
      for (const box of document.querySelectorAll('tbody input')) { box.checked = true; change(box); }
      return [runs, Math.max(widest, document.documentElement.scrollWidth)];
    }""")
    assert walked == [len(edges().runs), 1280]

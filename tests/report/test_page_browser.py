"""The page in a real browser: it draws, answers to mouse, keys and fingers, fits a telephone, runs nothing from a log."""

import os
import shutil
from dataclasses import fields, replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from made_diagnoses import HOSTILE, edges, healthy_diagnosis, hostile, many_runs, one_run, watched_run

from losscompass.api import Report
from losscompass.diagnose.diagnosis import Diagnosis
from losscompass.report.html import page as whole_page
from losscompass.report.html import render
from losscompass.report.page_data import page_data
from losscompass.text.catalogue import catalogue

pytestmark = pytest.mark.browser

BROWSER = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
CATALOGUES = {lang: catalogue(lang) for lang in ("en", "ja")}
CASES = {"one": one_run, "many": many_runs, "hostile": hostile, "edges": edges, "watched": watched_run}

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


def test_the_users_own_line_and_what_it_should_be(show):
    page = show("watched")
    card = page.locator("#finding-1")
    assert card.locator("del code").inner_text() == "optimizer = torch.optim.SGD(model.parameters(), lr=1.0)"
    assert card.locator("del b").inner_text() == "1.0"
    assert card.locator("ins b").inner_text() == "0.1"
    assert "train.py:31" in card.locator(".own-code figcaption").inner_text()
    for word in ("try", "helped", "if-not"):
        assert CATALOGUES["en"].ui(f"page.findings.{word}") in card.locator(".try").inner_text()


def test_evidence_may_be_a_table(files, show, tmp_path):
    data = page_data(watched_run(), CATALOGUES, "en")
    table = {"kind": "table", "columns": ["index", "loss"], "rows": [["17", "9.1"], *[["<img src=x>", None]] * 60]}
    data["document"]["runs"][0]["found"][0]["exhibits"].insert(0, {**table, "series": "", "steps": None, "marks": []})
    files["table", "en"] = tmp_path / "table.html"
    files["table", "en"].write_text(whole_page(data, CATALOGUES, "en"), "utf-8")
    page = show("table")
    cells = page.locator("#finding-1 .exhibit td").all_inner_texts()
    assert cells[:4] == ["17", "9.1", "<img src=x>", "–"]
    assert "11" in page.inner_text("#finding-1 .exhibit.scroll")
    assert page.locator("#finding-1 .exhibit canvas").count() == 1


def test_the_layers_by_mouse_by_keys_and_as_a_table(show):
    page = show("watched")
    assert page.locator(".strip").count() == 3
    for canvas in page.query_selector_all(".strip canvas"):
        assert canvas.evaluate(INK) > 300
    stage = page.locator(".strip-stage").first
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + 3)
    readout = page.locator(".readout").first
    assert readout.inner_text() == "features.0.weight · step 1,960 · ∞"
    stage.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    assert readout.inner_text().startswith("features.3.weight · step 1,920 · ")
    page.click(".strip details summary >> nth=0")
    assert page.locator(".strip table >> nth=0").locator("tbody tr").count() == 8


def test_the_data_the_gap_and_the_parts(show):
    page = show("watched")
    words = CATALOGUES["en"]
    titles = page.locator(".curves figcaption h4").all_inner_texts()
    assert words.ui("page.curves.gap") in titles
    assert words.ui("page.curves.parts") in titles
    data = page.inner_text(".data")
    assert "31 %" in data
    assert "24 %" in data  # of the validation samples were trained on
    assert page.locator(".data figure:nth-child(2) .bar-name").all_inner_texts() == ["axolotl", "owl", "dog", "cat"]


def test_a_link_leads_to_a_finding_of_a_run(browser, files, show):
    page = show("watched")
    page.goto(f"{files['watched', 'en'].as_uri()}#run=1&finding=non-finite-loss")
    page.wait_for_selector(".main canvas")
    index = [found.id for found in watched_run().runs[0].found].index("non-finite-loss") + 1
    assert page.get_attribute(f"#finding-{index}", "open") is not None
    assert page.evaluate("document.activeElement.closest('details').id") == f"finding-{index}"
    page.click("#finding-1 .card-buttons button:last-child")
    assert page.evaluate("location.hash") == "#run=1&finding=loss-oscillation"
    many = show("many")
    many.evaluate("location.hash = '#run=3&finding=nothing-of-the-kind'")
    many.evaluate("location.hash = '#run=99&finding=%'")
    many.click(".open-run >> nth=2")


def test_a_drawing_can_be_saved(show):
    page = show("hostile", accept_downloads=True)
    with page.expect_download() as drawing:
        page.get_by_role("button", name=CATALOGUES["en"].ui("page.download.svg")).click()
    text = drawing.value.path().read_text("utf-8")
    root = ET.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not [node for node in root.iter() if node.tag.endswith(("script", "img", "foreignObject"))]
    assert "on" not in {name[:2] for node in root.iter() for name in node.attrib}
    assert len([node for node in root.iter() if node.tag.endswith("path")]) >= 2


def test_in_a_notebook_it_stands_in_a_frame_of_its_own(browser, tmp_path):
    """As Jupyter and VS Code do: the HTML is put into a page of theirs. No network is there, and their style stays theirs."""
    context = browser.new_context(viewport={"width": 1000, "height": 800}, offline=True, color_scheme="dark")
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(f"{error}"))
    page.set_content("<style>body{background:rgb(1,2,3)}h1{color:red}</style><h1>theirs</h1><div id='out'></div>")
    report = Report(**{field.name: getattr(watched_run(), field.name) for field in fields(Diagnosis)})
    page.evaluate("html => { document.getElementById('out').innerHTML = html; }", report._repr_html_())
    frame = page.frame_locator("iframe")
    frame.locator(".main canvas").wait_for()
    assert frame.locator(".main canvas").evaluate(INK) > 500
    frame.locator("label[for=language-ja]").click()
    assert CATALOGUES["ja"].ui("page.curves.title") in frame.locator("#curves-title").inner_text()
    frame.locator(".next-step a").click()
    assert frame.locator("#remedy-1 summary").evaluate("node => node === document.activeElement")
    assert frame.get_by_role("button", name=CATALOGUES["ja"].ui("page.findings.link")).count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(1, 2, 3)"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(255, 0, 0)"
    assert complaints == []
    context.close()


def test_a_thousand_runs_are_found_and_sorted(browser, files, show, tmp_path):
    path = tmp_path / "thousand.html"
    runs = tuple(
        replace(one, run=replace(one.run, source=f"sweep/run-{k:04d}.csv"))
        for one in [healthy_diagnosis()]
        for k in range(1000)
    )
    path.write_text(render(Diagnosis(runs=runs), CATALOGUES, "en"), "utf-8")
    files["thousand", "en"] = path
    page = show("thousand")
    rows = page.locator("tbody tr")
    first = rows.count()
    assert first < 200
    page.evaluate("() => { const box = document.querySelector('.runs .scroll'); box.scrollTop = box.scrollHeight; }")
    page.wait_for_function("first => document.querySelectorAll('tbody tr').length > first", arg=first)
    page.fill("#runs-filter", "0987")
    assert rows.count() == 1
    assert "1" in page.inner_text(".filter [role=status]")
    page.click("tbody .open-run")
    assert page.inner_text(".run-name") == "run-0987.csv"
    page.fill("#runs-filter", "")
    page.click("#sort-name")
    page.click("#sort-name")
    assert page.inner_text("tbody .open-run >> nth=0") == "run-0999.csv"
    page.click("#runs-more")


@pytest.mark.parametrize(
    ("name", "lang", "theme", "width"),
    [
        ("watched", "en", "light", 1280),
        ("watched", "ja", "dark", 390),
        ("many", "ja", "light", 1280),
        ("hostile", "en", "dark", 390),
    ],
)
def test_axe_finds_no_serious_fault(show, name, lang, theme, width):
    """The rules of the WCAG that a machine can check; `npm pack axe-core`, its axe.min.js named in AXE."""
    axe = Path(os.environ.get("AXE") or "axe.min.js")
    if not axe.is_file():
        pytest.skip("no axe-core here: name its axe.min.js in AXE (.ci/run fetches it where npm is)")
    page = show(name, lang, width, color_scheme=theme, bypass_csp=True, reduced_motion="reduce")
    for card in page.query_selector_all("details:not([open]) > summary"):
        card.click()
    page.wait_for_timeout(100)
    page.evaluate(axe.read_text("utf-8"))
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    serious = [
        (
            one["id"],
            one["impact"],
            [node["html"][:160] for node in one["nodes"]][:3],
            one["nodes"][0]["failureSummary"][:300],
        )
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
    ]
    assert serious == []

"""Who may ask, and what they are told."""

import asyncio
import http.client
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytest.importorskip("uvicorn", reason="the extra `serve` is not installed")

from losscompass import serve
from losscompass.evidence.journal import Journal
from losscompass.evidence.records import Event, Fact, Scalar
from losscompass.serve.hub import REMEMBERED, WAITING, Hub
from losscompass.serve.source import JournalSource, LogSource, newest_journal, source_of
from losscompass.serve.story import Story
from losscompass.text.catalogue import catalogue

CATALOGUES = {lang: catalogue(lang) for lang in ("en", "ja")}


def losses(first, last, **more):
    return [Scalar("loss", k, 2.0 / (k + 1), **more) for k in range(first, last)]


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "run.journal") as journal:
        yield journal


@pytest.fixture
def server(journal):
    journal.append([Fact("framework", "torch"), *losses(0, 50)])
    server = serve.start_in_background(journal.path)
    yield server
    server.stop()


def ask(server, path=None, method="GET", **headers):
    parts = urlsplit(server.url)
    line = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    line.request(method, path or f"{parts.path}?{parts.query}", headers=headers)
    answer = line.getresponse()
    try:
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        line.close()


def test_with_the_link_the_page_comes_with_its_policy(server):
    status, headers, body = ask(server)
    assert status == 200
    policy = headers["content-security-policy"]
    for rule in ("default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert 'content="default-src' in body
    assert urlsplit(server.url).query.removeprefix("token=") not in body


def test_it_listens_on_this_machine_alone(server):
    assert urlsplit(server.url).hostname == "127.0.0.1"
    assert server.listener.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": ""},
        {"Host": "[::1"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_foreign_page_gets_nothing(server, headers):
    for path in (None, f"/events?{urlsplit(server.url).query}"):
        status, _, body = ask(server, path, **headers)
        assert status in {400, 403}
        assert "loss" not in body


@pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", "?token=%ff", "?token=%C3%A9"])
def test_without_the_token_nobody_gets_anything(server, query):
    for path in ("/", "/events", "/nowhere"):
        status, headers, body = ask(server, path + query)
        assert status == 403
        assert body == "token"
        assert "content-security-policy" in headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_it_only_gives(server, method):
    assert ask(server, method=method)[0] == 403


def test_no_path_reaches_a_file(server):
    query = urlsplit(server.url).query
    for path in ("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/run.journal", "//etc/passwd"):
        assert ask(server, f"{path}?{query}")[0] == 404


def test_a_token_can_be_kept_over_a_restart(journal, monkeypatch):
    monkeypatch.setenv("LOSSCOMPASS_TOKEN", "kept")
    server = serve.start_in_background(journal.path)
    try:
        assert server.url.endswith("/?token=kept")
        assert ask(server)[0] == 200
    finally:
        server.stop()


def test_the_journal_may_come_later(tmp_path):
    server = serve.start_in_background(tmp_path / "later.journal")
    try:
        assert ask(server)[0] == 200
    finally:
        server.stop()


def test_what_is_followed(tmp_path, journal):
    journal.append(losses(0, 5))
    (tmp_path / "log.csv").write_text("epoch,loss\n0,1\n1,0.5\n", "utf-8")
    assert isinstance(source_of(journal.path), JournalSource)
    assert isinstance(source_of(tmp_path / "log.csv"), LogSource)
    assert isinstance(source_of(tmp_path), LogSource)
    with pytest.raises(FileNotFoundError):
        source_of(tmp_path / "nowhere")


def test_of_a_losscompass_folder_the_newest_run_and_a_newer_one_when_it_comes(tmp_path):
    own = tmp_path / ".losscompass"
    old, new = Journal(own / "a.journal"), Journal(own / "sub" / "b.journal")
    old.append(losses(0, 5))
    new.append(losses(0, 9))
    stamp = new.path.stat().st_mtime
    import os

    os.utime(old.path, (stamp - 100, stamp - 100))
    for path in (own, tmp_path):
        source = source_of(path)
        assert source.path == new.path
    source.poll()
    newest = Journal(own / "c.journal")
    newest.append(losses(0, 3))
    os.utime(newest.path, (stamp + 100, stamp + 100))
    source.looked = -10.0
    assert source.poll()
    assert source.path == newest.path == newest_journal(own)
    assert source.news([]) is None
    for one in (old, new, newest):
        one.close()


def story_of(path):
    told = []
    story = Story(source_of(Path(path)), CATALOGUES, "en")
    story.tell = told.append
    story.look()
    story.think()
    return story, told


def test_points_then_a_verdict_without_the_curves(journal):
    journal.append(losses(0, 30))
    story, told = story_of(journal.path)
    journal.append(losses(30, 40, time=1e9))
    story.look()
    journal.append([Scalar("val_loss", k, 1.0) for k in range(5)])
    story.look()
    story.think()
    assert [message["kind"] for message in told] == ["whole", "points", "verdict"]
    step, value, epoch, time, count = told[1]["runs"]["0"]["train/loss"]
    assert step == list(range(30, 40))
    assert value[0] == 2 / 31
    assert epoch is None
    assert time == [1e9] * 10
    assert count == 10
    (curves,) = told[2]["curves"]
    assert list(curves["series"]) == ["val/loss"]  # the other is there already
    assert told[2]["document"]["runs"][0]["points"] == 45
    json.dumps(told, allow_nan=False)


def test_the_whole_holds_what_was_told(journal):
    journal.append(losses(0, 30))
    story, _ = story_of(journal.path)
    journal.append(losses(30, 40))
    story.look()
    whole = story.whole()
    assert whole["curves"][0]["series"]["train/loss"]["n"] == 40
    assert whole["document"]["runs"][0]["series"][0]["points"] == 40


def test_a_run_that_begins_anew_is_told_whole(journal):
    journal.append(losses(0, 30))
    story, told = story_of(journal.path)
    journal.append([Event("run-start", data={"name": "again"}), *losses(0, 10)])
    story.look()
    story.think()
    assert [message["kind"] for message in told] == ["whole", "whole"]
    assert [run["name"] for run in told[1]["document"]["runs"]] == ["1", "again"]
    assert told[1]["live"]["open"] == 1
    journal.append(losses(10, 12))
    story.look()
    assert list(told[2]["runs"]) == ["1"]


def test_the_end_is_told(journal):
    journal.append(losses(0, 30))
    story, told = story_of(journal.path)
    assert told[-1]["live"]["ended"] == ""
    journal.append([*losses(30, 31), Fact("ended", "error")])
    story.look()
    assert told[-1]["live"]["ended"] == "error"


def test_a_log_that_grows_is_read_again_and_one_that_shrinks_is_told_whole(tmp_path):
    log = tmp_path / "log.csv"
    rows = [f"{k},{2 / (k + 1)},{3 / (k + 1)}" for k in range(40)]

    def write(count):
        log.write_text("\n".join(["epoch,loss,val_loss", *rows[:count]]) + "\n", "utf-8")
        story.source.next_read = 0.0
        story.look()

    log.write_text("\n".join(["epoch,loss,val_loss", *rows[:20]]) + "\n", "utf-8")
    story, told = story_of(log)
    write(25)
    assert told[-1]["kind"] == "points"
    assert told[-1]["runs"]["0"]["train/loss"][0] == [20, 21, 22, 23, 24]
    write(30)
    assert told[-1]["runs"]["0"]["val/loss"][0] == [25, 26, 27, 28, 29]
    before = len(told)
    write(10)
    assert len(told) == before
    story.think()
    assert told[-1]["kind"] == "whole"


def test_a_fault_of_ours_is_told_and_the_next_look_goes_well(journal, monkeypatch):
    journal.append(losses(0, 30))
    story, told = story_of(journal.path)

    def broken():
        raise RuntimeError("made up")

    story._try(broken)
    assert told[-1]["live"]["fault"] == "RuntimeError: made up"
    journal.append(losses(30, 31))
    story._try(story.look)
    assert told[-1]["kind"] == "points"


def told_whole(hub):
    return {"live": {"id": hub.now()}, "runs": []}


def numbers(texts):
    return [int(text.partition("\n")[0].rpartition(".")[2]) for text in texts]


def gather_events(hub, since, count, between=lambda: None):
    async def follow():
        hub.loop = asyncio.get_running_loop()
        found, line = [], hub.follow(since)
        assert await anext(line) == "retry: 1000\n\n"
        between()
        while len(found) < count:
            found.append(await asyncio.wait_for(anext(line), 10))
        await line.aclose()
        return found

    return asyncio.run(follow())


def test_who_was_away_gets_what_it_missed_and_no_more():
    hub = Hub(lambda: told_whole(hub))
    for k in range(5):
        hub.tell({"kind": "points", "k": k})
    later = lambda: hub.tell({"kind": "points", "k": 5})  # noqa: E731
    assert numbers(gather_events(hub, f"{hub.name}.2", 4, later)) == [3, 4, 5, 6]
    assert hub.viewers == set()


@pytest.mark.parametrize("since", ["", "other.3", "x", f"a.{10**30}", "name.1", "name.999"])
def test_whoever_cannot_be_helped_gets_the_whole(since):
    hub = Hub(lambda: told_whole(hub), name="name")
    for k in range(REMEMBERED + 10):
        hub.tell({"kind": "points", "k": k})
    (text,) = gather_events(hub, since, 1)
    assert '"kind":"whole"' in text
    assert numbers([text]) == [REMEMBERED + 10]


def test_a_viewer_that_is_too_slow_gets_the_whole_instead():
    hub = Hub(lambda: told_whole(hub))

    def many():
        for k in range(3 * WAITING):
            hub.tell({"kind": "points", "k": k})

    texts = gather_events(hub, hub.now(), 1, many)
    assert '"kind":"whole"' in texts[0]
    assert numbers(texts) == [3 * WAITING]


def test_two_viewers_are_told_the_same():
    hub = Hub(lambda: told_whole(hub))

    async def two():
        hub.loop = asyncio.get_running_loop()
        lines = [hub.follow(hub.now()) for _ in range(2)]
        for line in lines:
            await anext(line)
        waits = [asyncio.ensure_future(anext(line)) for line in lines]
        await asyncio.sleep(0)
        hub.tell({"kind": "points", "name": "half \ud800 pair\r\nline"})
        texts = [await asyncio.wait_for(wait, 10) for wait in waits]
        for line in lines:
            await line.aclose()
        return texts

    one, other = asyncio.run(two())
    assert one == other
    assert one.count("\n") == 3
    assert json.loads(one.split("data: ")[1])["name"] == "half ? pair\r\nline"

"""Other tools on the runs of the zoo, beside losscompass and trivial rules: `make bench-peers`.

    python -m zoo.peers [--seeds 0,1] [--split held-out] [--only WORD] [--sample N] [--tools runmedic,sk-autod] [--workers 2] [--json FILE]

Every tool is asked about the same programs with the same seeds. Log tools read the curves of the watched run (training loss, learning rate, gradient norm and
validation loss, step by step), as each documents its input; hook tools run in the loop of the unedited program (`peer_tools.py`). "Flagged": the tool says anything of
severity warning or above. "Cause named": the true cause is named anywhere in that, by the patterns of `peer_words.toml`, which are generous; "first": in the
first such finding, with the first of the causes and of the fixes that it lists. losscompass is held to the cause's id. A run that a tool cannot be asked
about counts as one of which it says nothing, and is counted by itself.

Answers lie in `.zoo/peers/`, named by what they depend on (the run, the tool's version, how it is asked): what is there is not asked again.
"""

import argparse
import hashlib
import importlib
import json
import re
import signal
import sys
import tempfile
import time
import tomllib
import types
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from losscompass.readers.discover import gather

from .kill import load, verdict
from .manifest import Program
from .peer_tools import (
    GUESTS,
    HOOK_TOOLS,
    LOG_TOOLS,
    NoAnswerError,
    Points,
    Remark,
    curves_of,
    hosting,
    read_log,
)
from .plain import Job
from .plain import run_all as run_programs
from .run import (
    CACHE,
    TIMEOUT_S,
    arguments,
    chosen,
    journal_path,
    read_said,
    run_all,
    said_path,
    write_program,
    written,
)
from .score import case_of, interval

TOOLS = (*LOG_TOOLS, *HOOK_TOOLS)
HINTS = {"TA200", "TA201", "TA202", "TA203", "TA400", "TA401", "TA402", "TA403", "TA404"}
"""torch-audit's rules on speed and style, which stand on nearly every program, healthy or not."""
LATE = "took longer than"
COLUMNS = ("faulty flagged", "cause named", "cause named first", "healthy alarms", "no answer")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool says of a run. `remarks`: in its own order; None where it cannot be asked, and `why` says why."""

    tool: str
    program: str
    seed: int
    remarks: tuple[Remark, ...] | None
    why: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer against the truth."""

    healthy: bool
    flagged: bool = False
    named: bool = False
    first: bool = False
    answered: bool = True


Pair = tuple[Program, int]


# What is named ------------------------------------------------------------------------------------------------------------------


@cache
def words() -> dict[str, re.Pattern[str]]:
    """By cause, what names it."""
    table = tomllib.loads(Path(__file__).with_name("peer_words.toml").read_text("utf-8"))
    return {cause: re.compile("|".join(several), re.IGNORECASE) for cause, several in table.items()}


def names(causes: Iterable[str], *texts: str) -> bool:
    return any(words()[cause].search(text) for cause in causes for text in texts)


def judge(program: Program, answer: Answer) -> Judged:
    if answer.remarks is None:
        return Judged(program.healthy, answered=False)
    loud = [one for one in answer.remarks if one.loud]
    return Judged(
        program.healthy,
        flagged=bool(loud),
        named=any(names(program.causes, one.says, *one.causes, *one.fixes, one.detail) for one in loud),
        first=any(names(program.causes, one.says, *one.causes[:1], *one.fixes[:1]) for one in loud[:1]),
    )


def judge_ours(program: Program, seed: int) -> dict[str, Judged]:
    """losscompass and the trivial rules, from what `zoo.run` keeps."""
    path = said_path(program, seed)
    case = case_of(program, seed, "", read_said(path).document if path.exists() else None)
    ours = Judged(
        program.healthy,
        flagged=bool(case.alarms),
        named=any(cause in program.causes for cause in case.causes),
        first=case.hit,
        answered=case.diagnosed,
    )
    trivial = {
        name: Judged(program.healthy, flagged=case.baselines.get(name, not program.healthy), answered=case.diagnosed)
        for name in ("NaN only", "loss not decreasing")
    }
    return {"losscompass": ours, "always faulty": Judged(program.healthy, flagged=True), **trivial}


def without_hints(answer: Answer) -> Answer:
    if answer.remarks is None:
        return answer
    return replace(answer, remarks=tuple(one for one in answer.remarks if one.id not in HINTS))


# The table ----------------------------------------------------------------------------------------------------------------------


def counts(several: Sequence[Judged]) -> tuple[tuple[int, int], ...]:
    """Of the columns: how many, of how many."""
    faulty = [one for one in several if not one.healthy]
    healthy = [one for one in several if one.healthy]
    return (
        (sum(one.flagged for one in faulty), len(faulty)),
        (sum(one.named for one in faulty), len(faulty)),
        (sum(one.first for one in faulty), len(faulty)),
        (sum(one.flagged for one in healthy), len(healthy)),
        (sum(not one.answered for one in several), len(several)),
    )


def cell(hits: int, count: int) -> str:
    if not count:
        return "-"
    low, high = interval(hits, count)
    return f"{hits}/{count} {hits / count:.0%} [{low:.0%}, {high:.0%}]"


def table(judged: Mapping[str, Sequence[Judged]]) -> list[str]:
    width = max(len(tool) for tool in judged)
    lines = [" ".join([f"{'':{width}s}", *(f"{name:>24s}" for name in COLUMNS)])]
    for tool, several in judged.items():
        *shares, (silent, asked) = counts(several)
        cells = [*(cell(*share) for share in shares), f"{silent}/{asked}"]
        lines.append(" ".join([f"{tool:{width}s}", *(f"{text:>24s}" for text in cells)]))
    return lines


# Asking, and keeping the answers -------------------------------------------------------------------------------------------------


def package(tool: str) -> str:
    return tool.partition(",")[0]


@cache
def manner(tool: str) -> str:
    """How a tool is asked: its version, and the code that asks it."""
    asking = [Path(__file__).with_name(name).read_text("utf-8") for name in ("peer_tools.py", "plain.py")]
    release = "" if tool == "norms" else version(package(tool))
    return hashlib.sha256("\0".join([release, *asking]).encode()).hexdigest()


def answer_path(tool: str, program: Program, seed: int) -> Path:
    run = journal_path(program, seed).name if tool in LOG_TOOLS else f"{program.source}{seed}"
    digest = hashlib.sha256(f"{manner(tool)} {run}".encode()).hexdigest()
    return CACHE / "peers" / tool.replace(", ", "-").replace(" ", "-") / f"{program.id}--{seed}--{digest[:16]}.json"


def keep(answer: Answer, path: Path) -> None:
    written(path, json.dumps(asdict(answer)))


def read_answer(path: Path) -> Answer:
    held = json.loads(path.read_text("utf-8"))
    if held["remarks"] is not None:
        held["remarks"] = tuple(
            Remark(**{name: tuple(part) if isinstance(part, list) else part for name, part in one.items()})
            for one in held["remarks"]
        )
    return Answer(**held)


def curves(program: Program, seed: int, *, norms: bool = True) -> dict[str, Points]:
    """What the log of a run would hold; nothing where it was not watched to the end."""
    journal = journal_path(program, seed)
    runs = gather([str(journal)]).runs if journal.exists() else ()
    kept = answer_path("norms", program, seed)
    held = (read_answer(kept).remarks or ()) if norms and kept.exists() else ()
    return curves_of(runs[0] if runs else None, [float(one.says) for one in held])


def unanswered(tool: str, pairs: Sequence[Pair]) -> list[Pair]:
    """What to ask. A tool that took too long may have met a busy machine: it is asked again next time."""
    paths = {pair: answer_path(tool, *pair) for pair in pairs}
    return [pair for pair, path in paths.items() if not path.exists() or read_answer(path).why.startswith(LATE)]


def within(tool: str, program: Program, seed: int, path: Path) -> AbstractContextManager[None]:
    loss = [value for _, value in curves(program, seed, norms=False).get("loss", [])]
    return hosting(tool, path, loss)


def ask_in_loop(tool: str, pairs: Sequence[Pair], workers: int, timeout_s: float) -> None:
    """Run the programs with a guest in each."""
    missing = unanswered(tool, pairs)
    if missing and tool in HOOK_TOOLS:
        importlib.import_module(tool.replace("-", "_"))  # once, before the children are made
    with tempfile.TemporaryDirectory(prefix="zoo-") as folder:
        jobs, asked = [], {}
        for number, (program, seed) in enumerate(missing):
            path = Path(folder) / f"{number}.json"
            inside = partial(within, tool, program, seed, path)
            jobs.append(Job(program.id, program.source, seed, script=write_program(program), within=inside))
            asked[program.id, seed] = (program, path)
        began = time.monotonic()
        for count, outcome in enumerate(run_programs(jobs, workers, timeout_s), 1):
            program, path = asked[outcome.job.id, outcome.job.seed]
            said = json.loads(path.read_text("utf-8")) if path.exists() else {"why": "the script ended without a word"}
            if outcome.status == "timeout":
                said = {"why": f"{LATE} {timeout_s:.0f} s"}
            elif outcome.status == "crash" and ended_well(program, outcome.job.seed):
                said = {"why": f"the script does not survive it: {outcome.error}"}
            remarks = tuple(Remark(**one) for one in said["remarks"]) if "remarks" in said else None
            answer = Answer(tool, program.id, outcome.job.seed, remarks, said.get("why", ""), round(outcome.seconds, 2))
            keep(answer, answer_path(tool, program, outcome.job.seed))
            progress(tool, count, len(jobs), began, program.id)


def ended_well(program: Program, seed: int) -> bool:
    """Whether the script came to its end where losscompass watched it."""
    path = said_path(program, seed)
    return path.exists() and read_said(path).ended == "ok"


def ask_of_log(tool: str, timeout_s: float, pair: Pair) -> str:
    """Ask a log tool about one run, and keep the answer."""
    began, remarks, why = time.monotonic(), None, ""
    signal.signal(signal.SIGALRM, late)
    try:
        log = curves(*pair)
        signal.setitimer(signal.ITIMER_REAL, timeout_s)
        with tempfile.TemporaryDirectory(prefix="zoo-") as folder:
            remarks = tuple(read_log(tool, log, Path(folder)))
    except NoAnswerError as error:
        why = str(error)
    except TimeoutError:
        why = f"{LATE} {timeout_s:.0f} s"
    except Exception as error:  # noqa: BLE001 - a tool that breaks on a run has no answer to it
        why = f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    answer = Answer(tool, pair[0].id, pair[1], remarks, why, round(time.monotonic() - began, 2))
    keep(answer, answer_path(tool, *pair))
    return pair[0].id


def late(_signal: int, _frame: types.FrameType | None) -> None:
    raise TimeoutError


def ask_of_logs(tool: str, pairs: Sequence[Pair], workers: int, timeout_s: float) -> None:
    missing = unanswered(tool, pairs)
    began = time.monotonic()
    with ProcessPoolExecutor(workers) as pool:
        for count, name in enumerate(pool.map(partial(ask_of_log, tool, timeout_s), missing), 1):
            progress(tool, count, len(missing), began, name)


def progress(tool: str, count: int, of: int, began: float, name: str) -> None:
    left = (time.monotonic() - began) / count * (of - count)
    sys.stderr.write(f"\r{tool}: {count}/{of}, {left:.0f} s left  {name[:56]:56s}{chr(10) if count == of else ''}")
    sys.stderr.flush()


def ask_all(tools: Sequence[str], pairs: Sequence[Pair], workers: int, timeout_s: float) -> None:
    """Ask what was not asked yet. Ctrl-C stops; what is answered need not be asked again."""
    try:
        run_all(pairs, workers, timeout_s)
        for tool in [name for name in GUESTS if name in tools or (name == "norms" and set(tools) & set(LOG_TOOLS))]:
            ask_in_loop(tool, pairs, workers, timeout_s)
        for tool in [name for name in LOG_TOOLS if name in tools]:
            ask_of_logs(tool, pairs, workers, timeout_s)
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; the same command goes on from here\n")
        raise SystemExit(130) from None


# The whole ----------------------------------------------------------------------------------------------------------------------


def collect(tools: Sequence[str], pairs: Sequence[Pair]) -> dict[str, list[Judged]]:
    """By tool, the runs judged."""
    judged: dict[str, list[Judged]] = {}
    for program, seed in pairs:
        for name, one in judge_ours(program, seed).items():
            judged.setdefault(name, []).append(one)
        for tool in tools:
            answer = read_answer(answer_path(tool, program, seed))
            judged.setdefault(tool, []).append(judge(program, answer))
            if tool == "torch-audit":
                judged.setdefault("torch-audit, no hints", []).append(judge(program, without_hints(answer)))
    ours = ("losscompass", "always faulty", "NaN only", "loss not decreasing")
    return {name: judged[name] for name in ("losscompass", *sorted(set(judged) - set(ours), key=str.lower), *ours[1:])}


def show(tools: Sequence[str], pairs: Sequence[Pair]) -> None:
    splits = sorted({program.part for program, _ in pairs})
    for split in (*splits, *(["all"] if len(splits) > 1 else [])):
        inside = [pair for pair in pairs if split in {pair[0].part, "all"}]
        print(f"\n== {split}: {len(inside)} runs of {len({p.id for p, _ in inside})} programs; exact 95 % intervals")
        print("\n".join(table(collect(tools, inside))))
    print("\n(others name a cause by generous patterns, losscompass by its id; no answer counts as silence)")
    print("\nwhere there is no answer")
    for tool in tools:
        answers = [read_answer(answer_path(tool, *pair)) for pair in pairs]
        reasons = Counter(re.sub(r"\d+", "N", one.why)[:120] for one in answers if one.remarks is None)
        for reason, count in reasons.most_common():
            print(f"  {tool:26s} {count:4d}  {reason}")
    print("\nseconds a run, mean")
    for tool in tools:
        took = [read_answer(answer_path(tool, *pair)).seconds for pair in pairs]
        print(f"  {tool:26s} {sum(took) / len(took):7.2f}")


def as_json(tools: Sequence[str], pairs: Sequence[Pair]) -> list[dict[str, object]]:
    rows = []
    for program, seed in pairs:
        judged = {tool: asdict(one) for tool, (one,) in collect(tools, [(program, seed)]).items()}
        row = {"program": program.id, "part": program.part, "seed": seed, "true": list(program.causes)}
        rows.append({**row, "judged": judged})
    return rows


def main() -> None:
    parser = arguments(
        argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    )
    parser.add_argument(
        "--tools", default=",".join(dict.fromkeys(map(package, TOOLS))), help="packages, separated by commas"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=TIMEOUT_S, help="seconds a run and tool")
    parser.add_argument("--json", type=Path, help="also write every run here")
    args = parser.parse_args()
    packages = args.tools.split(",")
    if unknown := set(packages) - set(map(package, TOOLS)):
        parser.error(f"no such tool: {', '.join(sorted(unknown))}")
    tools = [tool for tool in TOOLS if package(tool) in packages]
    for tool in packages:
        try:
            print(f"{tool}: {version(tool)}")
        except PackageNotFoundError:
            parser.error(f"{tool} is not installed here: make bench-peers makes an environment with all of them")
    rows = load()
    programs = chosen(args.split, args.only, args.sample)
    hurting = [p for p in programs if p.healthy or verdict(p, rows)[0] != "harmless"]
    if len(hurting) < len(programs):
        print(f"harmless by the kill test, not counted: {len(programs) - len(hurting)} programs")
    pairs = [(program, int(seed)) for seed in args.seeds.split(",") for program in hurting]
    if not pairs:
        raise SystemExit(2)
    ask_all(tools, pairs, args.workers, args.timeout)
    show(tools, pairs)
    if args.json:
        args.json.write_text(json.dumps(as_json(tools, pairs), indent=1), "utf-8")


if __name__ == "__main__":
    main()

"""Where the message begins: after the time, the level and the logger's name that a logging library puts before it."""

import re

_CLOCK = r"\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?(?:\s?[AP]M)?"
_DATE = r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}(?:[-/.]\d{2,4})?|\d{8}|\d{4}年\d{1,2}月\d{1,2}日)"
_NAMED_DAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s+)?(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\s+\d{1,2}|\d{1,2}[ -](?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*),?(?:[ -]\d{4})?"
_TIME = re.compile(
    rf"(?:(?:{_DATE}|{_NAMED_DAY})[T ,_@-]*{_CLOCK}(?:\s?(?:Z|UTC|(?:GMT|JST|CET|CEST|EST|EDT|PST|PDT|MST|CST|IST|BST|KST|MSK|MSD)\b|[+-]\d\d:?\d\d))?(?:\s\d{{4}})?|{_CLOCK}(?=[\s\]|)-]|$)|{_DATE}(?=[\]|]))"
)
_GLOG = re.compile(r"[IWEFD]\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ \S+:\d+\]")
_LEVEL = re.compile(
    r"(?:DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL|NOTICE|TRACE|SUCCESS|FATAL|info|debug|warning|[IWED](?= \d{4}-))(?![\w=])"
)
# After a time or a level: `root:`, `__main__`, `trainer.py:413`, `d2.utils.events`, `logging.py:96:log_dist`, `Rank 0`.
_ORIGIN = re.compile(
    r"(?:root\b|__\w+__|main\b(?=\s*[-:|>\]])|[A-Za-z_<][\w.<>/-]*\.[A-Za-z_][\w.<>/-]*(?::\w+)*(?=\s*[:\]|)-]|\s\w+:|\s(?:DEBUG|INFO|WARNING|ERROR)|$)|[A-Za-z_<][\w<>]*:\w*:?\d+(?=[\s:\]|)-])|[Rr]ank[\s:]?\d+(?=[\]|:])|p?pid[= ]?\d+|[\w.]+(?=:?\s*[-|]?\s*\[?(?:DEBUG|INFO|WARNING|ERROR)\b))"
)
_LABEL = re.compile(
    r"\[\d+,\d+\]<std(?:out|err)>:|\(\w+ pid=\d+[^)]*\)|\[rank\d+\]:|\[\d+\]<std(?:out|err)>:?|Rank \d+:"
)
_HOST = re.compile(r"[\[(]?[A-Za-z][\w.-]{0,40}[\])]?:?\s+\[?")
_BETWEEN = re.compile(r"[\s\[\](){}|:>,»–—-]*")
_OPEN = re.compile(r"[\s(|>{-]*\[?")


def message_start(line: str) -> int:
    """How many characters at the start of `line` are not the message: 0 if it begins at once."""
    if (glog := _GLOG.match(line)) is not None:
        return glog.end()
    at = 0
    if (label := _LABEL.match(line)) is not None:
        at = label.end()
    elif _TIME.match(line) is None and (host := _HOST.match(line)) is not None and _TIME.match(line, host.end()):
        at = host.end()
    known = False
    for _ in range(8):
        opened = _OPEN.match(line, at)
        start = opened.end() if opened else at
        found = _TIME.match(line, start) or _LEVEL.match(line, start)
        if found is None and (known or _LEVEL.search(line, start, start + 60)):
            found = _ORIGIN.match(line, start)
        if found is None:
            break
        known = True
        at = _after(line, found.end())
    return at


def _after(line: str, at: int) -> int:
    """Past what stands between the parts of a prefix; an opening bracket stays, it may be the message's own."""
    between = _BETWEEN.match(line, at)
    stop = between.end() if between else at
    taken = line[at:stop]
    for bracket in "[({":
        if bracket in taken:
            stop = min(stop, at + taken.index(bracket))
    # A minus before a digit belongs to the number.
    if stop > at and line[stop - 1] == "-" and stop < len(line) and line[stop].isdigit():
        stop -= 1
    return stop

"""Messages to all viewers. A viewer that was away for a moment gets what it missed; one that is too slow, the whole anew."""

import asyncio
import json
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from threading import Lock

from .story import Message

REMEMBERED = 200
"""Messages that are kept for those who come back."""

REMEMBERED_BYTES = 4_000_000

WAITING = 100
"""Messages that may wait for one viewer: about twenty seconds of a run."""

PING = 10.0  # seconds: a line that is silent for longer is taken for dead by browsers and proxies


Numbered = tuple[int, str]


@dataclass(slots=True)
class Hub:
    """Numbers the messages and hands them out. `tell` may be called from any thread; all else belongs to the event loop."""

    whole: Callable[[], Message]  # its "live" says by "id" which message it goes up to
    name: str = field(default_factory=lambda: secrets.token_hex(4))  # of this session: numbers of another mean nothing
    number: int = 0
    viewers: set["asyncio.Queue[Numbered | None]"] = field(default_factory=set)
    past: deque[Numbered] = field(default_factory=deque)
    loop: asyncio.AbstractEventLoop | None = None
    _bytes: int = 0
    _lock: Lock = field(default_factory=Lock)

    def tell(self, message: Message) -> None:
        """To all viewers, in the order of the calls."""
        with self._lock:
            self.number += 1
            number = self.number
            text = event(f"{self.name}.{number}", message)
            self.past.append((number, text))
            self._bytes += len(text)
            while len(self.past) > REMEMBERED or self._bytes > REMEMBERED_BYTES:
                self._bytes -= len(self.past.popleft()[1])
        if self.loop is not None and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._hand_out, (number, text))

    def _hand_out(self, numbered: Numbered) -> None:
        for queue in self.viewers:
            try:
                queue.put_nowait(numbered)
            except asyncio.QueueFull:
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(None)  # it will be given the whole

    async def follow(self, since: str) -> AsyncIterator[str]:
        """The events for one viewer that has everything up to `since` (a message's id), or nothing."""
        queue: asyncio.Queue[Numbered | None] = asyncio.Queue(WAITING)
        self.viewers.add(queue)  # before the past is looked at, so that nothing falls between
        try:
            yield "retry: 1000\n\n"
            missed = self._missed(since)
            if missed is None:
                sent, text = await asyncio.to_thread(self._whole)
                yield text
            else:
                sent = int(since.rpartition(".")[2])
                for sent, text in missed:  # noqa: B007 - the last one counts below
                    yield text
            while True:
                try:
                    numbered = await asyncio.wait_for(queue.get(), PING)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if numbered is None:
                    sent, text = await asyncio.to_thread(self._whole)
                    yield text
                elif numbered[0] > sent:
                    sent, text = numbered
                    yield text
        finally:
            self.viewers.discard(queue)

    def _whole(self) -> Numbered:
        message = self.whole() | {"kind": "whole"}
        id_ = str(message["live"]["id"])
        return int(id_.rpartition(".")[2]), event(id_, message)

    def now(self) -> str:
        """The id of the last message."""
        return f"{self.name}.{self.number}"

    def _missed(self, since: str) -> list[Numbered] | None:
        """What came after `since`; None where that is no longer known, or was of another session."""
        name, _, number = since.partition(".")
        if name != self.name or not number.isdecimal():
            return None
        last = int(number)
        with self._lock:
            if last > self.number or (last < self.number and (not self.past or self.past[0][0] > last + 1)):
                return None
            return [one for one in self.past if one[0] > last]


def event(id_: str, message: Message) -> str:
    """A message as a server-sent event: one line of JSON."""
    text = json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return f"id: {id_}\ndata: {text}\n\n".encode("utf-8", "replace").decode()  # a log may hold half a letter

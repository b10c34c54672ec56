"""A real pty with a program in it, seen from the other end: what it wrote, when, and what the screen shows."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyte

# What a terminal answers when asked for modes: synchronised output is there, in-band resize is not.
ANSWERS = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[6n": b"\x1b[1;1R",
}
KEYS = {
    "up": "\x1b[A", "down": "\x1b[B", "pagedown": "\x1b[6~", "pageup": "\x1b[5~", "enter": "\r", "esc": "\x1b",
    "tab": "\t", "home": "\x1b[H", "end": "\x1b[F",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes as they arrived. at_s: monotonic clock."""

    at_s: float
    data: bytes


class Terminal:
    """One program under a pty of its own. rate: bytes per second that are read, 0 for no limit.
    rtt_s: how much later its questions are answered."""

    def __init__(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        *,
        cols: int = 120,
        rows: int = 40,
        rate: int = 0,
        rtt_s: float = 0.0,
    ) -> None:
        self.cols, self.rows, self.rate, self.rtt_s = cols, rows, rate, rtt_s
        self.chunks: list[Chunk] = []
        self._fed = 0
        self._hung_up = threading.Event()
        self._screen = pyte.Screen(cols, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        self.started_s = time.monotonic()
        self.process = subprocess.Popen(
            argv,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=dict(environment),
            start_new_session=True,
            close_fds=True,
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        """Collect output with its time; answer what terminals answer."""
        size = max(1, self.rate // 50) if self.rate else 65536
        tail = b""
        while not self._hung_up.is_set():
            if not select.select([self._master], [], [], 0.05)[0]:
                continue
            try:
                data = os.read(self._master, size)
            except OSError:
                return
            if not data:
                return
            self.chunks.append(Chunk(time.monotonic(), data))
            tail = (tail + data)[-64:] if len(data) < 64 else tail[-16:] + data
            for question, answer in ANSWERS.items():
                if question in tail:
                    tail = tail.replace(question, b"")
                    self._answer(answer)
            if self.rate:
                time.sleep(len(data) / self.rate)

    def _answer(self, answer: bytes) -> None:
        """At once, or after the way there and back on a slow link."""
        if not self.rtt_s:
            os.write(self._master, answer)
            return
        later = threading.Timer(self.rtt_s, lambda: os.write(self._master, answer))
        later.daemon = True
        later.start()

    # -- acting

    def send(self, *keys: str) -> float:
        """Press keys by name or as characters; returns when."""
        at = time.monotonic()
        os.write(self._master, "".join(KEYS.get(key, key) for key in keys).encode())
        return at

    def wait_for(self, text: bytes, timeout_s: float = 20.0, since: int = 0) -> float:
        """When the text was first in the output; style changes in it are looked past."""
        end = time.monotonic() + timeout_s
        seen, at = b"", since
        while time.monotonic() < end:
            while at < len(self.chunks):
                chunk = self.chunks[at]
                seen = seen[-4096:] + chunk.data
                at += 1
                if text in re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b"", seen):
                    return chunk.at_s
            time.sleep(0.001)
        raise TimeoutError(f"{text!r} never came; the screen shows:\n{self.text()}")

    def quiet(self, for_s: float, timeout_s: float = 20.0) -> None:
        """Wait until nothing has come for that long, from now on."""
        self._rest(for_s, time.monotonic(), timeout_s)

    def _rest(self, for_s: float, began_s: float = 0.0, timeout_s: float = 20.0) -> None:
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            last = max(began_s, self.chunks[-1].at_s if self.chunks else self.started_s)
            left = last + for_s - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.01) if left > 0.002 else 0.001)

    def press(self, *keys: str, quiet_s: float = 0.05) -> tuple[float, int]:
        """Press and wait until the output rests; (seconds to the last byte, bytes)."""
        before = len(self.chunks)
        at = self.send(*keys)
        first_deadline = at + 1.0
        while len(self.chunks) == before and time.monotonic() < first_deadline:
            time.sleep(0.0005)
        self._rest(quiet_s)
        new = self.chunks[before:]
        return (new[-1].at_s - at if new else 0.0), sum(len(c.data) for c in new)

    def resize(self, cols: int, rows: int) -> None:
        self.cols, self.rows = cols, rows
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        self._screen.resize(rows, cols)
        os.killpg(self.process.pid, signal.SIGWINCH)

    def end(self) -> None:
        """Make sure it is gone."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.hang_up()

    def hang_up(self) -> None:
        """The terminal's window closes; the program is still there."""
        if not self._hung_up.is_set():
            self._hung_up.set()
            self._reader.join()
            os.close(self._master)

    # -- looking

    def text(self) -> str:
        """The screen as text."""
        while self._fed < len(self.chunks):
            self._stream.feed(self.chunks[self._fed].data)
            self._fed += 1
        return "\n".join(self._screen.display)

    def bytes_since(self, chunk: int) -> int:
        return sum(len(c.data) for c in self.chunks[chunk:])

    def memory_mb(self) -> float:
        """Resident memory now. Source: proc(5)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]

    def cpu_s(self) -> float:
        """Processor seconds used so far. Source: proc(5)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def exit_s(self, *keys: str, timeout_s: float = 5.0) -> float:
        """Press what leaves; seconds until the process is gone."""
        at = self.send(*keys)
        self.process.wait(timeout_s)
        taken = time.monotonic() - at
        select.select([], [], [], 0.01)
        return taken

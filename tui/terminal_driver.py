"""The terminal driver: thinned output, and input that is taken up at once and let go of at once."""

from __future__ import annotations

import os
import select
import threading
import time
from codecs import getincrementaldecoder

from textual import constants, events
from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from rootcase.tui.lean_output import POSITION, Output

# Each frame ends with a question that every terminal answers (DSR 6, ECMA-48): the answer says that it is drawn.
QUESTION = "\x1b[6n"
PATIENCE_S = 0.5
GIVEN_UP_S = 2.0


class LeanDriver(LinuxDriver):
    """Writes only what changes something; its input thread sleeps until there is input.

    Textual's input thread looks every 100 ms: a lone ESC waits that long for the rest of a sequence, and
    leaving waits for it twice.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._output = Output()
        self._wake_read, self._wake_write = os.pipe()
        self._asked_s = 0.0
        self._answers = False
        self._answered = threading.Event()

    @property
    def is_behind(self) -> bool:
        """The terminal has not yet taken the last frame; a slow link gets fewer frames, not a queue of them."""
        return self._answers and 0 < time.monotonic() - self._asked_s < PATIENCE_S and bool(self._asked_s)

    def write(self, data: str) -> None:
        text = self._output.thin(data)
        if POSITION.search(text):
            now = time.monotonic()
            if self._asked_s and now - self._asked_s > GIVEN_UP_S:
                self._asked_s, self._answers = 0.0, False
            if not self._asked_s:
                self._asked_s = now
                self._answered.clear()
                text += QUESTION
        super().write(text)

    def process_message(self, message: Message) -> None:
        if isinstance(message, events.CursorPosition):
            self._asked_s, self._answers = 0.0, True
            self._answered.set()
            return
        super().process_message(message)

    def forget_screen(self) -> None:
        """The terminal may show anything now, as after a change of its size."""
        self._output.forget()

    def disable_input(self) -> None:
        # An answer under way would be typed into the shell that comes after.
        if self._answers and self._asked_s:
            self._answered.wait(PATIENCE_S)
        # The byte stays in the pipe until the thread has seen the exit event and ended.
        os.write(self._wake_write, b"x")
        super().disable_input()
        os.read(self._wake_read, 1)

    def run_input_thread(self) -> None:
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        timeout: float | None = None
        while not self.exit_event.is_set():
            ready, _, _ = select.select([self.fileno, self._wake_read], [], [], timeout)
            if self._wake_read in ready:
                self.exit_event.wait(0.005)
                continue
            timeout = None
            if ready:
                data = self._read()
                if not data:
                    self._hang_up()
                    return
                timeout = constants.ESCAPE_DELAY + 0.001
                for message in parser.feed(decode(data)):
                    self.process_message(message)
            for message in parser.tick():
                self.process_message(message)

    def _read(self) -> bytes:
        """What was typed, nothing where the terminal is gone."""
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""

    def _hang_up(self) -> None:
        """The window was closed: end, as everything worth keeping is in the store. Runs go on."""
        self._loop.call_soon_threadsafe(self._app.exit)


def driver_for(driver: type[Driver]) -> type[Driver]:
    """The lean one in place of the usual one on POSIX terminals; any other stays as it is."""
    return LeanDriver if driver is LinuxDriver else driver

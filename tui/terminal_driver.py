"""The terminal driver: thinned output, and input that is taken up at once and let go of at once."""

from __future__ import annotations

import os
import select
from codecs import getincrementaldecoder

from textual import constants
from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

from rootcase.tui.lean_output import Output


class LeanDriver(LinuxDriver):
    """Writes only what changes something; its input thread sleeps until there is input.

    Textual's input thread looks every 100 ms: a lone ESC waits that long for the rest of a sequence, and
    leaving waits for it twice.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._output = Output()
        self._wake_read, self._wake_write = os.pipe()

    def write(self, data: str) -> None:
        super().write(self._output.thin(data))

    def forget_screen(self) -> None:
        """The terminal may show anything now, as after a change of its size."""
        self._output.forget()

    def disable_input(self) -> None:
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
                data = os.read(self.fileno, 4096)
                if not data:
                    return
                timeout = constants.ESCAPE_DELAY + 0.001
                for message in parser.feed(decode(data)):
                    self.process_message(message)
            for message in parser.tick():
                self.process_message(message)


def driver_for(driver: type[Driver]) -> type[Driver]:
    """The lean one in place of the usual one on POSIX terminals; any other stays as it is."""
    return LeanDriver if driver is LinuxDriver else driver

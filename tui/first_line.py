"""The first row of the header on the terminal before anything heavy is imported."""

import sys

ALTERNATE, HOME, HIDE = "\x1b[?1049h", "\x1b[H", "\x1b[?25l"
NORMAL, SHOW = "\x1b[?1049l", "\x1b[?25h"


def show_first_line() -> None:
    """Switch to the alternate screen and say where you are; the screen paints over it."""
    sys.stdout.write(f"{ALTERNATE}{HIDE}{HOME} \x1b[1mrootcase\x1b[0m  \x1b[1;4mInbox\x1b[0m")
    sys.stdout.flush()


def take_back_first_line() -> None:
    """Back to the screen as it was, where the cockpit does not open after all."""
    sys.stdout.write(f"{NORMAL}{SHOW}")
    sys.stdout.flush()

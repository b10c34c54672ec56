"""The first row of the header on the terminal before anything heavy is imported."""

import sys

ALTERNATE, HOME, HIDE = "\x1b[?1049h", "\x1b[H", "\x1b[?25l"


def show_first_line() -> None:
    """Switch to the alternate screen and say where you are; the screen paints over it."""
    sys.stdout.write(f"{ALTERNATE}{HIDE}{HOME} \x1b[1mrootcase\x1b[0m  \x1b[1;4mInbox\x1b[0m")
    sys.stdout.flush()

"""A theme: the colour of every token, and tokens to terminal styles for full colour, 16 colours and none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rich.color import Color
from rich.style import Style

from rootcase.core.model.errors import ConfigError

Depth = Literal["full", "16", "none"]

TEXT = (
    "strong", "fg", "muted", "faint", "accent", "good", "warn", "bad", "code.keyword", "code.string", "on-accent",
    "spark", "rule",
)  # fmt: skip
SURFACES = (
    "bg", "panel", "bar", "select", "select-idle", "lit", "add", "add-word", "del", "del-word", "warn-area",
    "bad-area",
)  # fmt: skip
TOKENS = TEXT + SURFACES
ATTRIBUTES = {"bold": "bold", "italic": "italic", "underline": "underline", "strike": "strike"}
SOLID = ("accent", "warn", "good", "bad")
HEX = re.compile(r"#[0-9a-fA-F]{6}")

# 16 colours: the names are the terminal's own, so that its palette keeps the contrast its owner chose.
SIXTEEN = {
    "accent": "bright_blue", "good": "green", "warn": "yellow", "bad": "bright_red", "code.keyword": "magenta",
    "code.string": "cyan",
}  # fmt: skip
# Where colour cannot carry a surface, an attribute does; glyphs, signs and words carry the rest.
BARE_SURFACES = {"select": "reverse", "lit": "underline", "add-word": "bold", "del-word": "bold"}
BARE_BOLD = ("accent", "strong", "bad", "warn", "good")


@dataclass(frozen=True, eq=False)
class Theme:
    """Every token's colour as `#rrggbb`. depth: what the terminal can show."""

    name: str
    dark: bool
    colours: Mapping[str, str]
    depth: Depth = "full"
    _styles: dict[tuple[str, str], Style] = field(default_factory=dict, repr=False)

    def style(self, tokens: str, surface: str = "bg") -> Style:
        """The style of token names joined by spaces (`accent bold on lit`) on a surface.

        A token this theme does not know raises KeyError: it is a mistake in the code, not in the theme.
        """
        key = (tokens, surface)
        known = self._styles.get(key)
        if known is None:
            known = self._styles[key] = self._make(tokens, surface)
        return known

    @property
    def dim(self) -> Style:
        """How text behind an overlay is drawn: all of it as `rule`, or dim where there is no such colour."""
        return self.style("rule") if self.depth == "full" else Style(dim=True)

    def _make(self, tokens: str, surface: str) -> Style:
        words = tokens.split()
        if "on" in words:
            at = words.index("on")
            surface, words = words[at + 1], words[:at] + words[at + 2 :]
        attributes: dict[str, bool] = {}
        colour = "fg"
        for word in words:
            if word in ATTRIBUTES:
                attributes[word] = True
            else:
                colour = word
        if colour not in self.colours or surface not in self.colours:
            raise KeyError(f"no such style: {tokens!r} on {surface!r}")
        if self.depth == "full":
            return Style(
                color=Color.parse(self.colours[colour]), bgcolor=Color.parse(self.colours[surface]),
                bold=attributes.get("bold"), italic=attributes.get("italic"),
                underline=attributes.get("underline"), strike=attributes.get("strike"),
            )  # fmt: skip
        return self._bare(colour, surface, attributes)

    def _bare(self, colour: str, surface: str, attributes: dict[str, bool]) -> Style:
        attribute = "reverse" if surface in SOLID else BARE_SURFACES.get(surface, "")
        if attribute:
            attributes[attribute] = True
        if self.depth == "none" and colour in BARE_BOLD:
            attributes["bold"] = True
        name = SIXTEEN.get(surface if surface in SOLID else colour, "") if self.depth == "16" else ""
        if attribute == "reverse" and surface not in SOLID:
            name = ""
        return Style(
            color=Color.parse(name) if name else None,
            bold=attributes.get("bold"), italic=attributes.get("italic"), reverse=attributes.get("reverse"),
            underline=attributes.get("underline"), strike=attributes.get("strike"),
        )  # fmt: skip


def depth_of(environment: Mapping[str, str]) -> Depth:
    """How much colour the terminal of that environment shows. Sources: no-color.org, COLORTERM's convention."""
    if environment.get("NO_COLOR"):
        return "none"
    if environment.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "full"
    term = environment.get("TERM", "")
    if term in ("dumb", "unknown", ""):
        return "none"
    return "full" if "256" in term or "direct" in term or "kitty" in term else "16"


def bundled_folder() -> Path:
    """The folder of the themes that come with Rootcase."""
    return Path(__file__).parent.parent / "themes"


def names(user_folder: Path | None = None) -> tuple[str, ...]:
    """The themes there are, the user's own included."""
    folders = [bundled_folder(), *([user_folder] if user_folder else [])]
    return tuple(
        sorted({file.stem for folder in folders if folder.is_dir() for file in folder.glob("*.yaml")})
    )


def load_theme(name: str, depth: Depth = "full", user_folder: Path | None = None) -> Theme:
    """The theme of that name, the user's own first. ConfigError names what is wrong with it, and where.

    A theme may say `base: dark` (or `light`) and give only what differs.
    """
    for folder in (user_folder, bundled_folder()):
        file = folder / f"{name}.yaml" if folder else None
        if file is not None and Path(name).name == name and file.is_file():
            return _read(file, depth)
    known = ", ".join(names(user_folder))
    raise ConfigError(
        f"No theme is called {name}", f"There are {known}.", "Set interface.theme to one of them."
    )


def theme_or_default(name: str, depth: Depth, user_folder: Path | None) -> tuple[Theme, ConfigError | None]:
    """The theme, or the default one together with what is wrong with the one that was asked for."""
    try:
        return load_theme(name, depth, user_folder), None
    except ConfigError as fault:
        return load_theme("dark", depth), fault


def _read(file: Path, depth: Depth) -> Theme:
    values, lines = _values(file)
    colours: dict[str, str] = {}
    base = values.pop("base", "")
    dark = values.pop("dark", "")
    values.pop("name", "")
    if base:
        parent = bundled_folder() / f"{base}.yaml"
        if not parent.is_file():
            raise ConfigError(
                f"{file}:{lines['base']}: no theme `{base}` to build on", "", "Use dark or light."
            )
        below = _read(parent, depth)
        colours.update(below.colours)
        dark = dark or str(below.dark)
    for token, value in values.items():
        where = f"{file}:{lines[token]}"
        if token not in TOKENS:
            raise ConfigError(f"{where}: unknown token `{token}`", "", f"Known tokens: {', '.join(TOKENS)}.")
        if not HEX.fullmatch(value):
            raise ConfigError(
                f"{where}: `{token}` is not a colour", f"It says {value}.", 'Write it as "#rrggbb".'
            )
        colours[token] = value
    missing = [token for token in TOKENS if token not in colours]
    if missing:
        raise ConfigError(
            f"{file}: {len(missing)} colours are missing",
            f"{', '.join(missing)}.",
            "Add them, or say base: dark",
        )
    return Theme(file.stem, dark.lower() != "false", colours, depth)


PLAIN_LINE = re.compile(r"""([\w.-]+):[ ]*(?:"([^"\\]*)"|([\w.-]+))[ ]*(?:[ ]#.*)?""")


def _values(file: Path) -> tuple[dict[str, str], dict[str, int]]:
    """Keys with values as text, and their lines.

    A plain file of `key: "value"` lines is read without the YAML library, whose import would cost
    20 ms before the first paint; anything else goes through it.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise ConfigError(f"{file} cannot be read", str(fault), "Check the file and its mode.") from None
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    for number, row in enumerate(text.splitlines(), 1):
        if not row.strip() or row.startswith("#"):
            continue
        match = PLAIN_LINE.fullmatch(row)
        if not match or match[1] in values:
            return _yaml_values(text, file)
        values[match[1]] = match[2] if match[2] is not None else match[3]
        lines[match[1]] = number
    return values, lines


def _yaml_values(text: str, file: Path) -> tuple[dict[str, str], dict[str, int]]:
    from rootcase.core.config.yamltext import parse

    parsed = parse(text, str(file))
    return {key: str(value) for key, value in parsed.value.items()}, parsed.lines

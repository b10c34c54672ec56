"""Names that stay the same wherever an error was seen: exception types, functions, modules."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rootcase.core.model.events import Frame

TYPE_ALIASES = {
    "IOError": "OSError",
    "EnvironmentError": "OSError",
    "timeout": "TimeoutError",
    "boundsError": "panic",
    "plainError": "panic",
    "errorString": "panic",
    "wrapError": "panic",
    "runtime.Error": "panic",
    "TypeAssertionError": "panic",
    "fundamental": "error",
    "withStack": "error",
    "withMessage": "error",
    "ThreadPanic": "panic",
    "NilClass": "NoMethodError",
}
_GO_TYPE = re.compile(r"^\*?(?:runtime|errors|fmt)\.")
SOURCE_ROOTS = ("src", "lib", "source", "dist", "build", "out", "_build")
ANONYMOUS = frozenset(
    {"<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>", "<lambda>", "<anonymous>", "{closure}", "?", "anonymous",
     "<unknown>", "", "eval", "__anonymous__"}
)  # fmt: skip
# Where deployments put code; what follows is the import path or close to it.
_DEPLOYED = re.compile(
    r"^(?:/usr/src/app|/app|/code|/workspace|/var/task|/srv/[^/]+|/opt/[^/]+|/var/www/[^/]+|/tmp/[^/]+"
    r"|/home/[^/]+/[^/]+|/root/[^/]+|/Users/[^/]+/[^/]+|[A-Za-z]:/[^/]+|/[^/]+)/"
)
_NAMED_BY_PATH = (".rs", ".js", ".ts", ".tsx", ".jsx", ".mjs", ".cjs", ".rb", ".php")
_RELEASE_FOLDER = re.compile(r"^(?:current|releases?|v?\d[\d.]*|[0-9a-f]{7,40})$")
_EXTENSION = re.compile(
    r"(?:\.(?:min|bundle|prod|chunk))*\.(?:pyc?|pyx|tsx?|jsx?|mjs|cjs|vue|svelte|java|kts?|scala|go|rb|php|cs|fs|vb|rs|c|cc|cpp|cxx|h|hpp|m|mm|swift)$"
)
_RECEIVER = re.compile(r"\(\*?[\w\[\]./,]*\)\.")
_URL_ROOT = re.compile(
    r"^(?:webpack(?:-internal)?:///?(?:[\w@.-]+/(?=\.|src/))?|(?:https?|file|app|capacitor|ionic)://[^/]*/|rsc://React/Server/)"
)
_ASSET_HASH = re.compile(
    r"[.-](?=[0-9a-fA-F]*\d)[0-9a-fA-F]{6,32}(?=\.|$)|[.-](?=\w*\d)[A-Za-z0-9_]{8}(?=\.(?:js|mjs)$)"
)
_CALL_NOISE = re.compile(
    r"^(?:(?:async\*? ?|new |bound |get |set |static |block (?:\(\d+ levels\) )?in |rescue in "
    r"|ensure in |Object\.<anonymous> ?)+)(?=\S)"
)
_ALIAS = re.compile(r" \[as [^\]]{1,100}\]$")
_GENERATED_TAIL = re.compile(
    r"(?:\.(?:func|gowrap|deferwrap)\d+(?:[.-]\d+)*|-fm|\.func\d+\.\d+|::\{\{closure\}\}(?:#\d+)?|::\{closure#\d+\}|::h[0-9a-f]{16}|(?:/<)+)+$"
)
_LAMBDA_OF = re.compile(
    r"^(?:lambda\$(\w+?)\$\d+|(\w+?)\$lambda(?:\$\d+|-\d+)*|access\$(\w+)|(\w+)\$suspendImpl)$"
)
_COMPILED = re.compile(r"<(\w+)>[bdg]__[\w|]*")
_CLOSURE_OF = re.compile(r"\{closure:([^}]*?)(?:\(\))?:\d+\}")
_INVOKED = frozenset({"invoke", "invokeSuspend", "resumeWith"})
_LAMBDA_CLASS = re.compile(r"\$(\w+?)\$\d+(?:\$\d+)*$")
_CLASS_NUMBER = re.compile(r"(?:\$\d+)+$")
_SPLIT = re.compile(r"\.|::|#|/|->|\\+")


def folder_is_package(folder: str) -> bool:
    """Whether a folder on this machine is a regular Python package."""
    return os.path.isfile(os.path.join(folder, "__init__.py"))


@dataclass(frozen=True, slots=True)
class Roots:
    """Where code of ours begins. root: a folder on this machine; prefixes: stack and source roots to drop.

    known: module names that are already in use for these files (`app.pricing`), and win.
    """

    root: str = ""
    prefixes: tuple[tuple[str, ...], ...] = ()
    known: tuple[tuple[str, ...], ...] = ()
    is_package: Callable[[str], bool] = field(default=folder_is_package)


_TYPE_SPLIT = re.compile(r"[.:$/\\]")


def words(text: str) -> frozenset[str]:
    """The words of a list that is easier to read as text."""
    return frozenset(text.split())


def type_name(name: str) -> str:
    """An exception type without its module, under one name for all sources and languages."""
    whole = (name or "").strip().lstrip("*&")
    for noise in ("Uncaught ", "Unhandled ", "exception '"):
        whole = whole.removeprefix(noise)
    if _GO_TYPE.match(whole):
        short = whole.rsplit(".", 1)[-1]
        return TYPE_ALIASES.get(short, "panic" if short == "Error" else short)
    simple = _TYPE_SPLIT.split(whole.rstrip(":"))[-1]
    return TYPE_ALIASES.get(simple, simple)


def function_name(name: str) -> str:
    """A function without class, closure and arguments: traceback text carries none of them."""
    bare = _ALIAS.sub("", (name or "").strip())
    bare = _CALL_NOISE.sub("", bare)
    if "{closure:" in bare and (inside := _CLOSURE_OF.search(bare)):
        bare = inside.group(1)
    if "<" in bare and (made := _COMPILED.search(bare)):
        return made.group(1)
    bare = _GENERATED_TAIL.sub("", bare)
    bare = _RECEIVER.sub("", bare)
    bare = bare.split("[", 1)[0] if bare[-1:] == ")" and "[" in bare and not bare.startswith("[") else bare
    bare = bare.split("(", 1)[0] if not bare.startswith("(") else bare
    pieces = [piece for piece in _SPLIT.split(bare) if piece and piece != "<locals>"]
    last = pieces[-1] if pieces else ""
    if "$" in last and (found := _LAMBDA_OF.match(last)):
        last = next(group for group in found.groups() if group)
    return last


def lambda_of_class(module: str, function: str) -> tuple[str, str]:
    """Kotlin compiles a lambda of `quote` into a class `Pricing$quote$1`; its code is written in `quote`."""
    if "$" not in module:
        return module, function
    if function in _INVOKED and (found := _LAMBDA_CLASS.search(module)):
        return module[: found.start()], found.group(1)
    return _CLASS_NUMBER.sub("", module), function


def path_of(frame: Frame) -> str:
    """The longest path the frame tells, with forward slashes."""
    return (frame.abs_path or frame.filename or "").replace("\\", "/")


def under(path: str, root: str) -> str:
    """`path` relative to `root`, or "" where it is not below it."""
    if not root:
        return ""
    base = root.replace("\\", "/").rstrip("/") + "/"
    return path[len(base) :] if path.startswith(base) else ""


def module_segments(frame: Frame, roots: Roots, import_root: str = "") -> tuple[str, ...]:
    """The import path of a frame's file: the same for a deployed file and for a worktree's."""
    path = path_of(frame)
    relative = under(path, roots.root)
    if relative:
        return _in_worktree(path, relative, roots)
    if path.endswith(".go"):
        return _go(path, frame.module or "")
    module = frame.module or ""
    if module and module != "__main__" and "/" not in module and not module.startswith("<"):
        if "::" not in module and not path.endswith(_NAMED_BY_PATH):
            return _trim(tuple(piece for piece in re.split(r"[.+\\]", module) if piece), roots)
        if not path:
            return _trim(tuple(piece for piece in module.split("::") if piece), roots)
    inside = under(path, import_root)
    if inside:
        return _trim(file_segments(inside), roots)
    if module == "__main__":
        # A script imports from its own folder, so its name there is the file's.
        return file_segments(path)[-1:]
    if "://" in path[:30] and (match := _URL_ROOT.match(path)):
        return _trim(_after_source_root(file_segments(path[match.end() :])), roots)
    if path.startswith("/") or path[1:2] == ":":
        return _trim(_deployed(path), roots)
    return _trim(_after_source_root(file_segments(path)), roots)


def _go(path: str, package: str) -> tuple[str, ...]:
    """Package folder and file: the checkout's place on the build machine says nothing."""
    pieces = file_segments(path)[-2:]
    if len(pieces) == 1 and package:
        return (package.rsplit("/", 1)[-1], *pieces)
    return pieces


def import_root_of(frames: Sequence[Frame]) -> str:
    """The folder that a frame's module and absolute path together give away, or ""."""
    for frame in frames:
        module, path = frame.module or "", path_of(frame)
        if "." not in module or not path.startswith("/") or "-packages/" in path:
            continue
        tail = "/" + module.replace(".", "/")
        for ending in (tail + ".py", tail + "/__init__.py"):
            if path.endswith(ending):
                return path[: -len(ending)]
    return ""


def file_segments(path: str) -> tuple[str, ...]:
    """A file path as import path: `app/pricing.py` is (app, pricing), a package's `__init__` its folder."""
    clean = path.split("?", 1)[0]
    if clean.endswith(("js", ".css")):
        clean = _ASSET_HASH.sub("", clean)
    clean = _EXTENSION.sub("", clean)
    pieces = tuple(
        piece for piece in clean.split("/") if piece and piece not in (".", "..", "~", "webpack:", "app:")
    )
    return pieces[:-1] if len(pieces) > 1 and pieces[-1] == "__init__" else pieces


def _in_worktree(path: str, relative: str, roots: Roots) -> tuple[str, ...]:
    whole = file_segments(relative)
    for known in roots.known:
        if whole[-len(known) :] == known or (len(whole) < len(known) and known[-len(whole) :] == whole):
            return known
    folder, above = os.path.dirname(path), 0
    while under(folder + "/x", roots.root) and folder != roots.root.rstrip("/") and roots.is_package(folder):
        folder, above = os.path.dirname(folder), above + 1
    if above:
        inside = file_segments(path[len(folder) + 1 :])
        return _trim(inside, roots)
    return _trim(_after_source_root(whole), roots)


def _trim(segments: tuple[str, ...], roots: Roots) -> tuple[str, ...]:
    for prefix in roots.prefixes:
        if len(segments) > len(prefix) and segments[: len(prefix)] == prefix:
            return segments[len(prefix) :]
    return segments


def _after_source_root(segments: tuple[str, ...]) -> tuple[str, ...]:
    for position in range(len(segments) - 2, -1, -1):
        if segments[position] in SOURCE_ROOTS:
            return segments[position + 1 :]
    return segments


def _deployed(path: str) -> tuple[str, ...]:
    if "-packages/" in path:
        return file_segments(path.rsplit("-packages/", 1)[1])
    match = _DEPLOYED.match(path)
    segments = file_segments(path[match.end() :] if match else path)
    for position in range(len(segments) - 2, -1, -1):
        if _RELEASE_FOLDER.match(segments[position]):
            return _after_source_root(segments[position + 1 :])
    return _after_source_root(segments)

"""Whose code a frame is, as far as its path tells; the source's `in_app` is one witness among several."""

# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterator

from rootcase.core.gate.words import words
from rootcase.core.model.events import Event, Frame

_PACKAGED = re.compile(
    r"(?:site|dist)-packages/(?P<py>[\w.-]+?)(?:\.py)?(?:/|$)"
    r"|node_modules/(?:\.pnpm/[^/]{1,200}/node_modules/)?(?P<js>(?:@[\w.-]+/)?[\w.-]+)(?:/|$)"
    r"|/gems/(?P<rb>[\w.-]+?)-(?P<rbv>\d[\w.]*)/"
    r"|/pkg/mod/(?P<go>[^@\s]{1,200})@(?P<gov>v[\w.+-]+)/"
    r"|/\.cargo/registry/src/[^/]{1,200}/(?P<rs>[\w-]+?)-(?P<rsv>\d[\w.+-]*)/"
    r"|(?:^|/)vendor/(?P<php>[\w.-]+/[\w.-]+)/"
)
_PNPM = re.compile(r"node_modules/\.pnpm/(?:@[\w.-]+\+)?[\w.-]+@(\d[\w.-]*)")
_RUNTIME = re.compile(
    r"/lib(?:64)?/python\d|/python\d[\d.]*/lib/|^<|/go/src/|/rustc/|^node:|^internal/(?:process|modules|timers|streams|main|bootstrap|util|deps|event_target)|\(native code\)"
)
_RUNTIME_MODULES = (
    "java.",
    "javax.",
    "jdk.",
    "sun.",
    "kotlin.",
    "kotlinx.",
    "scala.",
    "System.",
    "Microsoft.",
)
_LIBRARY_MODULES = re.compile(
    r"^(org\.(?:springframework|apache|hibernate)|com\.(?:zaxxer|fasterxml|google)|io\.netty|reactor)\."
)
_LIBRARY_NAMES = words(
    "django flask starlette fastapi uvicorn gunicorn celery kombu sqlalchemy requests httpx httpcore "
    "urllib3 aiohttp anyio pydantic werkzeug jinja2 redis sentry_sdk psycopg psycopg2 asyncpg pymysql "
    "botocore boto3 grpc tornado rest_framework graphql marshmallow numpy pandas stripe express axios"
)
_TEST = re.compile(
    r"(?:^|/)(?:tests?|testing|__tests__|spec)/|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.\w+$"
    r"|\.(?:test|spec)\.[jt]sx?$|(?:^|/)[A-Z]\w*Tests?\.(?:java|kt|cs)$"
)
_MINIFIED = re.compile(r"(?:\.min\.js|[.-][0-9a-f]{8,32}\.(?:js|mjs)|/chunk-[\w-]+\.js)(?:$|\?)")
MINIFIED_COLUMN = 500


def path_of(frame: Frame) -> str:
    return frame.filename or frame.abs_path or frame.module


def is_test(frame: Frame) -> bool:
    return bool(_TEST.search(frame.filename or frame.abs_path))


def is_minified(frame: Frame) -> bool:
    """A line of a bundle, which names nothing that a person wrote."""
    return bool(_MINIFIED.search(path_of(frame))) or (frame.column > MINIFIED_COLUMN and frame.line <= 3)


def library(frame: Frame) -> tuple[str, str] | None:
    """(package, version) of a library's or the language's own frame, None for code that may be ours."""
    for path in (frame.abs_path, frame.filename):
        if found := _PACKAGED.search(path):
            named = {key: value for key, value in found.groupdict().items() if value}
            name = next(value for key, value in named.items() if not key.endswith("v"))
            version = next((value for key, value in named.items() if key.endswith("v")), "")
            pnpm = _PNPM.search(path)
            return name, version or (pnpm.group(1) if pnpm else "")
        if path and _RUNTIME.search(path):
            return "", ""
    if frame.module.startswith(_RUNTIME_MODULES):
        return "", ""
    if found := _LIBRARY_MODULES.match(frame.module):
        return found.group(1), ""
    top = (frame.module or frame.filename.lstrip("/").replace("/", ".")).split(".", 1)[0]
    if frame.in_app is not True and (top in _LIBRARY_NAMES or frame.in_app is False):
        return top, ""
    return None


def own_frames(event: Event) -> list[Frame]:
    """Our frames, the failing one first: those of the innermost cause that has any, from the inside out."""
    for exception in event.exceptions:
        if own := [frame for frame in reversed(exception.frames) if library(frame) is None]:
            return own
    return []


def failing(event: Event) -> Frame | None:
    """The deepest frame of ours, or None."""
    return next(iter(own_frames(event)), None)


def innermost(event: Event) -> Frame | None:
    """The frame that raised first, whosever it is."""
    return next((each.frames[-1] for each in event.exceptions if each.frames), None)


def all_frames(event: Event) -> Iterator[Frame]:
    for exception in event.exceptions:
        yield from exception.frames


def library_of(events: tuple[Event, ...]) -> tuple[str, str]:
    """(package, version) of the innermost frame that names a package, empty where none does."""
    for event in events:
        for exception in event.exceptions:
            for frame in reversed(exception.frames):
                found = library(frame)
                if found and found[0]:
                    return found[0], found[1] or _told_version(event, found[0])
    return "", ""


def _told_version(event: Event, package: str) -> str:
    """What the event says that it ran with: the SDK's `modules`, kept as `modules.NAME`."""
    wanted = {f"modules.{package.lower()}", f"modules.{package.lower().replace('_', '-')}"}
    facts = (*event.contexts, *event.tags)
    return next((value for name, value in facts if name.lower() in wanted), "")

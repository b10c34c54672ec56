"""Whose code a frame is; the source's own `in_app` is one witness among several and never enough."""

from __future__ import annotations

import re
import sys
from typing import Literal

from rootcase.core.cluster.names import Roots, path_of, under, words
from rootcase.core.model.events import Frame

Place = Literal["ours", "doubtful", "test", "library"]

_LIBRARY = re.compile(
    r"(?:site|dist)-packages/|node_modules/|/\.venv/|/\.tox/|/\.nox/|/vendor/|/gems/|/pkg/mod/|/rustc/"
    r"|/lib(?:64)?/python\d|/python\d[\d.]*/lib/|/go/src/(?:runtime|net|internal)/|(?:^|/)internal/process/|^node:"
)
_TEST_FILE = re.compile(
    r"(?:^|/)(?:tests?|testing|__tests__|spec)/|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.\w+$"
    r"|\.(?:test|spec)\.[jt]sx?$|(?:^|/)[A-Z]\w*Test\.(?:java|kt)$"
)
# Frameworks and drivers that events name without a path; code of ours is never called that.
_KNOWN_LIBRARIES = words(
    "django flask starlette fastapi uvicorn gunicorn celery kombu billiard sqlalchemy alembic requests httpx httpcore "
    "urllib3 aiohttp anyio pydantic pydantic_core werkzeug jinja2 redis pytest _pytest pluggy sentry_sdk click typer "
    "psycopg psycopg2 asyncpg pymysql botocore boto3 grpc tornado twisted marshmallow numpy pandas rest_framework "
    "graphql strawberry attr attrs tenacity stamina dramatiq rq apscheduler hypothesis certifi idna h11 h2"
)
_JAVA_LIBRARIES = (
    "java.",
    "javax.",
    "jdk.",
    "sun.",
    "kotlin.",
    "scala.",
    "org.springframework.",
    "org.apache.",
)


def place(frame: Frame, roots: Roots) -> Place:
    """Ours, doubtful (only the source says otherwise), a test file of ours, or a library's."""
    path = path_of(frame)
    inside = under(path, roots.root)
    if roots.root and not inside and path.startswith("/"):
        return "library"
    shown = inside or path
    if shown.startswith("<") or (not shown and not frame.module):
        return "library"
    if _LIBRARY.search("/" + shown if inside else shown):
        top = (frame.module or "").split(".", 1)[0]
        told_ours = frame.in_app is True and "-packages/" in shown and top and top not in _KNOWN_LIBRARIES
        return "doubtful" if told_ours else "library"
    if not inside and _named_as_library(frame, path):
        return "library"
    if _TEST_FILE.search(shown if inside else frame.filename or shown):
        return "test"
    return "doubtful" if frame.in_app is False else "ours"


def _named_as_library(frame: Frame, path: str) -> bool:
    module = frame.module or ""
    if module.startswith(_JAVA_LIBRARIES):
        return True
    top = module.split(".", 1)[0] or path.lstrip("/").split("/", 1)[0].removesuffix(".py")
    if top in _KNOWN_LIBRARIES:
        return True
    rooted = path.startswith("/") or path[1:2] == ":"
    return not rooted and frame.in_app is not True and top in sys.stdlib_module_names and top != "__main__"

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
    r"|/lib(?:64)?/python\d|/python\d[\d.]*/lib/|/usr/(?:local/)?go/src/|/go/src/(?:runtime|net|internal)/"
    r"|(?:^|/)internal/(?:process|modules|streams|timers)/|^node:|(?:^|/)webpack/(?:runtime|bootstrap)|^webpack:.{0,40}/node_modules/"
    r"|/\.cargo/|/usr/lib/(?:python|ruby|node|jvm|x86_64|aarch64|go|php|gcc|debug|libc)|/lib/ruby/|/\.rbenv/|/\.rvm/|(?:^|/)sysdeps/|libc_start|/libsanitizer/|-extension://|/site-functions/"
    r"|/\.nuget/|/dotnet/|\[native code\]|/opt/(?:java|jdk)|/\.m2/|/\.bundle/|/bower_components/"
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
_NAMED_LIBRARIES = (
    "java.", "javax.", "jakarta.", "jdk.", "sun.", "com.sun.", "kotlin.", "kotlinx.", "scala.", "groovy.", "clojure.",
    "org.springframework.", "org.apache.", "org.hibernate.", "org.eclipse.", "org.jboss.", "org.junit.", "org.slf4j.",
    "org.postgresql.", "com.mysql.", "com.zaxxer.", "com.fasterxml.", "com.google.common.", "com.google.gson.",
    "io.netty.", "io.ktor.", "io.grpc.", "io.micrometer.", "io.vertx.", "io.sentry.",
    "reactor.", "rx.", "io.reactivex.",
    "okhttp3.", "retrofit2.", "feign.", "akka.", "play.", "ch.qos.", "redis.clients.", "io.lettuce.", "android.",
    "androidx.", "com.android.", "dalvik.", "net.sf.", "org.mockito.", "org.gradle.", "org.codehaus.", "org.quartz.",
    "System.", "Microsoft.", "Npgsql.", "Newtonsoft.", "Polly.", "Grpc.", "Serilog.", "StackExchange.", "MediatR.",
    "std::", "core::", "alloc::", "tokio::", "futures::", "hyper::", "actix_", "axum::", "tower::", "__rustc::",
    "reqwest::",
    "Illuminate\\", "Symfony\\", "Doctrine\\", "Laravel\\", "Monolog\\", "GuzzleHttp\\", "PHPUnit\\",
)  # fmt: skip
_GENERATED = re.compile(
    r"\$\$(?:Enhancer|Spring|FastClass|Lambda|_javassist|Proxy)|\$Proxy\d|GeneratedMethodAccessor|GeneratedConstructor"
    r"|HibernateProxy|ByteBuddy|<generated>|\$\$[0-9a-f]{6,}"
)
_MACHINERY = re.compile(
    r"^(?:__interceptor_|__libc_|_start$|clone$|start_thread$|__GI_|raise$|abort$|__assert_fail)"
)
_GO_STANDARD = re.compile(
    r"^(?:runtime|net|database|encoding|reflect|sync|testing|internal|os|io|fmt|context|time|sort|strconv|strings)(?:/|$)"
)


def place(frame: Frame, roots: Roots) -> Place:
    """Ours, doubtful (only the source says otherwise), a test file of ours, or a library's."""
    path = path_of(frame)
    inside = under(path, roots.root)
    if roots.root and not inside and path.startswith("/"):
        return "library"
    shown = inside or path
    if (
        shown.startswith("<")
        or "/<frozen " in shown
        or (not shown and not frame.module and not frame.function)
    ):
        return "library"
    if _LIBRARY.search("/" + shown if inside else shown):
        # A package of ours may be installed like a library; it counts where nothing else is ours.
        top = (frame.module or shown.rsplit("-packages/", 1)[-1].replace("/", ".")).split(".", 1)[0]
        told_ours = (
            frame.in_app is not False and "-packages/" in shown and top and top not in _KNOWN_LIBRARIES
        )
        return "doubtful" if told_ours else "library"
    if not inside and _named_as_library(frame, path):
        return "library"
    if _TEST_FILE.search(shown if inside else frame.filename or shown):
        return "test"
    if not shown and not frame.module:
        return "doubtful"
    return "doubtful" if frame.in_app is False else "ours"


def _named_as_library(frame: Frame, path: str) -> bool:
    module = frame.module or ""
    named = module or (frame.function or "" if "::" in frame.function or "\\" in frame.function else "")
    if (
        named.startswith(_NAMED_LIBRARIES)
        or _GENERATED.search(module)
        or _GENERATED.search(frame.filename or "")
    ):
        return True
    if _MACHINERY.match(frame.function or "") or named.split("::", 1)[0] in ("std", "core", "alloc"):
        return True
    if path.endswith(".go"):
        return bool(module and _GO_STANDARD.match(module))
    if path and not path.endswith((".py", ".pyc", ".pyx")) and "." in path.rsplit("/", 1)[-1]:
        return False
    top = module.split(".", 1)[0] or path.lstrip("/").split("/", 1)[0].removesuffix(".py")
    if top in _KNOWN_LIBRARIES:
        return True
    rooted = path.startswith("/") or path[1:2] == ":"
    return not rooted and frame.in_app is not True and top in sys.stdlib_module_names and top != "__main__"

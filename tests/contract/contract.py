"""Holds what an adapter sent against the service's own API description.

How an adapter's test feeds it: let the adapter talk to a server on loopback that records every request
(`web` of `tests/core/signals/conftest.py` does), then hand those over:

    from tests.contract.contract import contract

    async def test_every_request_is_one_that_sentry_documents(web, make):
        sentry = contract("sentry.json", "sentry-private.json")      # skips where the descriptions are not there
        ... source.list(), .events(), .comment(), .act() ... against `web` ...
        sentry.check(web.asked)

A recorded request is anything with `method`, `path` (as sent, still percent-encoded, without query), `query`
(pairs), `headers` and `body` (bytes): `Asked` of the conftest, or `Sent` below. `base` is what the adapter was
configured with beyond host and port, where the description's own paths do not hold it:

    contract("dynatrace.json", base="/e/abc/api/v2")                 # paths there start with /problems
    contract("examples/bugsink/openapi.json")                        # what a real Bugsink says about itself

Checked are: the path and method are described, path, query and header parameters have their types and the
required ones are there, no query name is sent that the operation does not know (services ignore those silently,
which is how a filter is lost), the security scheme's header is there, and the body fits its schema. Several files
make one contract: a request has to fit one of them. `allow_query` lists names that the service takes although its
description leaves them out; say there where that is known from. GraphQL: see `graphql_faults`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Protocol

import pytest

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "contracts"
EXAMPLES = FOLDER / "examples"
ABSENT = "the API descriptions (../shared/contracts) are not there"
ORIGIN = "https://service.test"


class Recorded(Protocol):
    """One request as a server saw it."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes


@dataclass
class Sent:
    """A recorded request for tests that have no server of their own."""

    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Contract:
    """One service's descriptions, and the path in front of theirs."""

    files: tuple[str, ...]
    base: str = ""
    allow_query: frozenset[str] = frozenset()

    def faults(self, sent: Recorded) -> list[str]:
        """Why the service would not take this request, one sentence each; empty where it would."""
        path = sent.path
        if not path.startswith(self.base):
            return [f"{path} is not below {self.base}"]
        for name in self.files:
            document = _document(name)
            pattern, taken = document.pattern(sent.method, path.removeprefix(self.base))
            if pattern:
                return document.faults(sent, pattern, taken, self.allow_query)
        return [f"{sent.method} {path} is described nowhere in {', '.join(self.files)}"]

    def check(self, asked: Iterable[Recorded]) -> None:
        """Fail with every fault of every request; also where nothing was sent at all."""
        requests = list(asked)
        assert requests, "nothing was sent, so nothing was checked"
        faults = [
            f"{each.method} {each.path} {each.query}: {fault}"
            for each in requests
            for fault in self.faults(each)
        ]
        assert not faults, "\n".join(dict.fromkeys(faults))


def contract(*files: str, base: str = "", allow_query: Sequence[str] = ()) -> Contract:
    """The contract of those files below the folder of descriptions; skips the test where it is not there."""
    if not FOLDER.is_dir():
        pytest.skip(ABSENT)
    return Contract(files, base.rstrip("/"), frozenset(allow_query))


def example(name: str) -> bytes:
    """A recorded answer (`glitchtip/issue.json`, packed ones unpacked); skips where they are not there."""
    if not FOLDER.is_dir():
        pytest.skip(ABSENT)
    data = (EXAMPLES / name).read_bytes()
    if name.endswith(".gz"):
        import gzip

        return gzip.decompress(data)
    return data


def examples(pattern: str) -> list[str]:
    """Names of the recorded answers that match, sorted; none where they are not there (for parametrize)."""
    return sorted(str(path.relative_to(EXAMPLES)) for path in EXAMPLES.glob(pattern))


def graphql_faults(schema_file: str, body: bytes) -> list[str]:
    """Why a GraphQL service would refuse this body: the query against its schema, and unknown variables."""
    from graphql import parse, validate
    from graphql.error import GraphQLSyntaxError

    sent = json.loads(body)
    try:
        document = parse(sent["query"])
    except GraphQLSyntaxError as error:
        return [str(error)]
    faults = [error.message for error in validate(_schema(schema_file), document)]
    declared = {
        variable.variable.name.value
        for operation in document.definitions
        for variable in getattr(operation, "variable_definitions", ()) or ()
    }
    unknown = sorted(set(sent.get("variables") or {}) - declared)
    return faults + [f"variable ${name} is not declared" for name in unknown]


# -- inside


@cache
def _schema(name: str) -> object:
    from graphql import build_schema

    return build_schema((FOLDER / name).read_text(encoding="utf-8"))


@cache
def _document(name: str) -> Document:
    raw = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    # The description names the public host; what matters here is everything behind it.
    raw["servers"] = [{"url": ORIGIN}]
    for item in raw["paths"].values():
        item.pop("servers", None)
        for operation in item.values():
            if isinstance(operation, dict):
                operation.pop("servers", None)
    return Document(raw)


class Document:
    """One API description, ready to check requests."""

    def __init__(self, raw: dict[str, object]) -> None:
        from jsonschema_path import SchemaPath
        from openapi_core.templating.paths.finders import APICallPathFinder
        from openapi_core.validation.request.validators import V30RequestValidator

        self.raw = raw
        spec = SchemaPath.from_dict(raw)
        self.finder = APICallPathFinder(spec)
        self.validator = V30RequestValidator(spec)

    def pattern(self, method: str, path: str) -> tuple[str, str]:
        """The described path that this one is an instance of, "" for none, and the path as it is to be read.

        A parameter takes one segment, except that GitHub's `contents/{path}` and `git/ref/{ref}` end in several.
        """
        from openapi_core.templating.paths.exceptions import PathError

        for tried in (path, _ending_packed(path)):
            try:
                found = self.finder.find(method.lower(), ORIGIN + tried)
            except PathError:
                continue
            pattern = str(found.path_result.pattern if found.path_result else found.path.name)
            if tried == path or pattern.endswith(("/{path}", "/{ref}")):
                return pattern, tried
        return "", path

    def faults(self, sent: Recorded, pattern: str, path: str, allowed: frozenset[str]) -> list[str]:
        known = self._query_names(pattern, sent.method) | allowed
        unknown = sorted({name for name, _ in sent.query} - known)
        faults = [f"query {name!r} is not known there" for name in unknown]
        for error in self.validator.iter_errors(_request(sent, path)):
            faults.append(_said(error))
        return faults

    def _query_names(self, pattern: str, method: str) -> set[str]:
        paths = self.raw["paths"]
        assert isinstance(paths, dict)
        item = paths[pattern]
        given = [*item.get("parameters", []), *item[method.lower()].get("parameters", [])]
        resolved = [self._resolved(each) for each in given]
        return {str(each["name"]) for each in resolved if each["in"] == "query"}

    def _resolved(self, node: Mapping[str, object]) -> Mapping[str, object]:
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return node
        found: object = self.raw
        for part in reference.removeprefix("#/").split("/"):
            assert isinstance(found, dict)
            found = found[part]
        assert isinstance(found, dict)
        return found


def _ending_packed(path: str) -> str:
    """`…/contents/src/a.py` with its ending in one segment."""
    for start in ("/contents/", "/git/ref/", "/git/refs/"):
        before, found, ending = path.partition(start)
        if found:
            return before + found + ending.replace("/", "%2F")
    return path


@dataclass
class _Request:
    """The shape that openapi-core reads."""

    host_url: str
    path: str
    method: str
    body: bytes | None
    content_type: str
    parameters: object


def _request(sent: Recorded, path: str) -> _Request:
    from openapi_core.datatypes import RequestParameters
    from werkzeug.datastructures import Headers, ImmutableMultiDict

    headers = {name.lower(): value for name, value in sent.headers.items()}
    parameters = RequestParameters(query=ImmutableMultiDict(sent.query), header=Headers(headers))
    return _Request(
        ORIGIN,
        path,
        sent.method.lower(),
        sent.body or None,
        headers.get("content-type", "").lower(),
        parameters,
    )


def _said(error: BaseException) -> str:
    """openapi-core tells the reason in chained causes, and schema errors in a list."""
    parts = [str(error)]
    cause = error.__cause__
    while cause is not None:
        details = [str(each.message) for each in getattr(cause, "schema_errors", ())]
        parts += details or [str(cause)]
        cause = cause.__cause__
    return "; ".join(dict.fromkeys(part.split("\n")[0][:300] for part in parts))

"""Why minified JavaScript stayed minified, as Sentry's own look at the source maps tells it.

Source: GET projects/{org}/{project}/events/{id}/source-map-debug/ of the published API description.
"""

from __future__ import annotations

from collections.abc import Mapping

from rootcase.core.model.events import Event
from rootcase.core.signals.loose import first_text, items, table

PLATFORMS = ("javascript", "node")
MOST = 5
_FINE = ("", "found")


def is_minified(event: Event) -> bool:
    """Whether a script's frames came without a line of source, which is what a source map would have given."""
    frames = [frame for each in event.exceptions for frame in each.frames]
    return event.platform in PLATFORMS and bool(frames) and not any(frame.context for frame in frames)


def map_faults(answer: object) -> tuple[str, ...]:
    """What kept the frames from being mapped, one sentence each; nothing where every map was found."""
    raw = table(answer)
    release = first_text(raw, "release")
    found: dict[str, None] = {}
    for each in map(table, items(raw.get("exceptions"))):
        for frame in map(table, items(each.get("frames"))):
            for said in _faults(frame, release):
                found[f"source map: {said}"] = None
    return tuple(found)[:MOST]


def _faults(frame: Mapping[str, object], release: str) -> list[str]:
    """By debug id where the file has one, else by release, else by what Sentry could fetch."""
    by_id = table(frame.get("debug_id_process"))
    by_release = table(frame.get("release_process"))
    fetched = table(frame.get("scraping_process"))
    path = first_text(by_release, "abs_path") or "a script"
    if first_text(by_id, "debug_id"):
        lacks = [
            what
            for what, name in (
                ("source file", "uploaded_source_file_with_correct_debug_id"),
                ("source map", "uploaded_source_map_with_correct_debug_id"),
            )
            if by_id.get(name) is False
        ]
        return [f"no {what} with the debug id of {path} was uploaded" for what in lacks]
    if by_release:
        lacks = [
            what
            for what, name in (
                ("file", "source_file_lookup_result"),
                ("source map", "source_map_lookup_result"),
            )
            if first_text(by_release, name) not in _FINE
        ]
        if lacks:
            return [f"release {release or '(none)'} has no {' and no '.join(lacks)} for {path}"]
    status = first_text(table(fetched.get("source_map")), "status")
    return [f"that of {path} could not be fetched"] if status in ("failure", "not_attempted") else []

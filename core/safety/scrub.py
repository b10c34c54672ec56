"""An event with every string cleaned and redacted, ready to be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootcase.core.model.events import Breadcrumb, Event, ExceptionInfo, Frame, Pairs, Request
from rootcase.core.safety.text import clean

if TYPE_CHECKING:
    from rootcase.core.safety.redact import Redactor


def scrub(event: Event, redactor: Redactor) -> Event:
    """The same event without hostile characters, secrets or personal data in any of its strings."""

    def text(value: str) -> str:
        return redactor.text(clean(value))

    def pairs(values: Pairs) -> Pairs:
        return tuple((clean(name), redactor.named(name, clean(value))) for name, value in values)

    def frame(item: Frame) -> Frame:
        return Frame(
            function=clean(item.function),
            module=clean(item.module),
            filename=text(item.filename),
            abs_path=text(item.abs_path),
            line=item.line,
            column=item.column,
            in_app=item.in_app,
            context=tuple((number, text(line)) for number, line in item.context),
            variables=pairs(item.variables),
            package=text(item.package),
            address=clean(item.address),
        )

    def exception(item: ExceptionInfo) -> ExceptionInfo:
        return ExceptionInfo(
            type=clean(item.type),
            value=text(item.value),
            module=clean(item.module),
            mechanism=clean(item.mechanism),
            handled=item.handled,
            frames=tuple(frame(each) for each in item.frames),
        )

    def crumb(item: Breadcrumb) -> Breadcrumb:
        return Breadcrumb(
            at=text(item.at),
            category=text(item.category),
            level=text(item.level),
            message=text(item.message),
            data=pairs(item.data),
        )

    def request(item: Request) -> Request:
        return Request(
            method=clean(item.method),
            url=text(item.url),
            query=pairs(item.query),
            headers=pairs(item.headers),
            body=text(item.body),
        )

    return Event(
        id=clean(event.id),
        platform=clean(event.platform),
        at_us=event.at_us,
        level=clean(event.level),
        message=text(event.message),
        logger=clean(event.logger),
        transaction=text(event.transaction),
        release=redactor.known(clean(event.release)),
        environment=text(event.environment),
        server=text(event.server),
        user=text(event.user),
        trace_id=clean(event.trace_id),
        exceptions=tuple(exception(each) for each in event.exceptions),
        breadcrumbs=tuple(crumb(each) for each in event.breadcrumbs),
        request=request(event.request) if event.request else None,
        tags=pairs(event.tags),
        contexts=pairs(event.contexts),
        problems=tuple(text(each) for each in event.problems),
        stack_text=text(event.stack_text),
    )

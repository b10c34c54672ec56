"""The templates of a proposal: the user's own files, else a repository's once a human has trusted its text."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

from rootcase.core.deliver.template import Template, Templates, template
from rootcase.core.journal.switch import trusted_templates
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Faulted
from rootcase.core.model.errors import ConfigError, RepositoryError
from rootcase.core.model.ports import Repository
from rootcase.core.pipeline.house import House

IN_REPOSITORY = {"pull_request": ".rootcase/pull_request.md", "ticket": ".rootcase/ticket.md"}


async def templates(case: Case, house: House) -> Templates:
    """The templates in force; one that cannot be used becomes a fault, and ours is used in its place."""
    faults: list[Faulted] = []
    found: dict[str, Template | None] = {}
    for kind, file in (
        ("pull_request", house.settings.proposal.pull_request),
        ("ticket", house.settings.proposal.ticket),
    ):
        try:
            found[kind] = await (_of_user(file, kind) if file else _of_repository(case, house, kind))
        except ConfigError as fault:
            faults.append(
                Faulted("deliver", fault.title, f"{fault.detail} Rootcase's own is used.", fault.hint)
            )
    return Templates(found.get("pull_request"), found.get("ticket"), tuple(faults))


async def _of_user(file: str, kind: str) -> Template:
    try:
        text = await asyncio.to_thread(Path(file).read_text, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "It is not UTF-8."
        raise ConfigError(
            f"{file} cannot be read", f"{why}.".replace("..", "."), f"Check proposal.{kind}."
        ) from None
    return template(text, file, ticket=kind == "ticket")


async def _of_repository(case: Case, house: House, kind: str) -> Template | None:
    if house.repository_settings(case) is None:
        return None
    try:
        repository = await house.repository(case)
        text = await text_in(repository, kind)
    except RepositoryError:
        return None  # the step that needs the repository says why
    if text is None:
        return None
    path = IN_REPOSITORY[kind]
    if (repository.name, path, digest_of(text)) not in await trusted_templates(house.store):
        raise ConfigError(
            f"{repository.name} carries a template that nobody here has trusted", f"{path} is not used.",
            f"Read it with: rootcase trust {repository.name}",
        )  # fmt: skip
    return template(text, f"{repository.name}/{path}", ticket=kind == "ticket")


async def text_in(repository: Repository, kind: str) -> str | None:
    """The repository's template on its default branch, None where it has none."""
    head = await repository.resolve(await repository.default_branch())
    return await repository.read(head, IN_REPOSITORY[kind]) if head else None


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

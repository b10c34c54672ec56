"""How a repository wants to be contributed to: its pull request template, sign-off, and the form of titles.

What it says is text of others: its headings and open boxes are kept, nothing in it becomes live, no box is ticked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rootcase.core.deliver.markdown import inline
from rootcase.core.safety.text import clean

# https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests
NAMES = ("pull_request_template.md", "PULL_REQUEST_TEMPLATE.md")
GITHUB_TEMPLATES = tuple(folder + name for folder in (".github/", "", "docs/") for name in NAMES)
# https://docs.gitlab.com/user/project/description_templates/#set-a-default-template-for-merge-requests-and-issues
GITLAB_TEMPLATES = (
    ".gitlab/merge_request_templates/Default.md",
    ".gitlab/merge_request_templates/default.md",
)
GUIDES = ("CONTRIBUTING.md", ".github/CONTRIBUTING.md", "docs/CONTRIBUTING.md")
# https://github.com/dcoapp/app and https://commitlint.js.org/reference/configuration.html
SIGN_OFF_FILES = (".github/dco.yml",)
CONVENTIONAL_FILES = (
    "commitlint.config.js", "commitlint.config.cjs", "commitlint.config.mjs", "commitlint.config.ts", ".commitlintrc",
    ".commitlintrc.json", ".commitlintrc.yml", ".commitlintrc.yaml",
)  # fmt: skip
MOST_LINES = 80
# Which of our parts a heading of a template asks for; the first that fits, each part once.
WANTED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"test|verif|\bqa\b|validat", ("Tests",)),
    (r"risk|impact|breaking|could be wrong", ("What could be wrong",)),
    (r"roll ?back|revert|deploy", ("Roll back",)),
    (r"why|motivation|cause|problem|background|context|issue", ("Production signal", "Cause", "Code path")),
    (r"what|summary|description|change|overview|proposal|solution", ("Change",)),
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_BOX = re.compile(r"^(\s*)[-*+]\s+\[[ xX]\]\s+(.*)$")
_ITEM = re.compile(r"^(\s*)[-*+]\s+(.*)$")
Parts = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Customs:
    """template: as it stands in the repository; prefix: before a title (`fix: `); signs_off: commits are to carry a
    sign-off; sign_off: whose it is (`Dana <dana@acme.dev>`), "" while nobody is there to give it.
    """

    template: str = ""
    prefix: str = ""
    signs_off: bool = False
    sign_off: str = ""


def wanted_files(forge: str) -> tuple[str, ...]:
    """The files that say how to contribute."""
    templates = GITLAB_TEMPLATES if forge == "gitlab" else GITHUB_TEMPLATES
    return (*templates, *GUIDES, *SIGN_OFF_FILES, *CONVENTIONAL_FILES)


def customs(files: Mapping[str, str | None]) -> Customs:
    """The customs that those files tell; paths that are not there are None or missing."""
    templates = (files.get(path) for path in (*GITLAB_TEMPLATES, *GITHUB_TEMPLATES))
    guide = "\n".join(text for path in GUIDES if (text := files.get(path)))
    conventional = any(files.get(path) is not None for path in CONVENTIONAL_FILES)
    signs = any(files.get(path) is not None for path in SIGN_OFF_FILES)
    return Customs(
        next((text for text in templates if text and text.strip()), ""),
        "fix: " if conventional or re.search(r"conventional\s?commits", guide, re.IGNORECASE) else "",
        signs or "signed-off-by" in guide.lower(),
    )


def in_template(template: str, parts: Parts, last_line: str) -> str:
    """The body in the template's sections and order; what it has no place for follows under headings of our own."""
    left = dict(parts)
    out: list[str] = []
    for heading, lines in _sections(template):
        names = _asked(heading, left)
        ours = [f"**{name}**\n{left.pop(name)}" if len(names) > 1 else left.pop(name) for name in names]
        kept = "\n".join(lines).strip()
        texts = [*ours, *([kept] if kept else [])] or ([] if not heading else ["Not filled in."])
        out.append("\n\n".join([*([heading] if heading else []), *texts]))
    out += [f"### {name}\n{text}" for name, text in left.items()]
    return "\n\n".join([*(part for part in out if part), last_line]) + "\n"


def own_lines(template: str) -> int:
    """Lines of the template's own that are seen beside our parts, its headings aside."""
    return sum(1 for _, lines in _sections(template) for line in lines if line.strip())


def _asked(heading: str, left: Mapping[str, str]) -> tuple[str, ...]:
    for pattern, names in WANTED:
        if re.search(pattern, heading, re.IGNORECASE):
            return tuple(name for name in names if name in left)
    return ()


def _sections(template: str) -> list[tuple[str, list[str]]]:
    """(heading as Markdown, lines that are shown) in order; what stands before the first heading has none."""
    text = _COMMENT.sub("", clean(template, limit=8000))
    found: list[tuple[str, list[str]]] = [("", [])]
    for line in text.split("\n")[:MOST_LINES]:
        heading = _HEADING.match(line)
        if heading is not None:
            found.append((f"{heading[1]} {inline(heading[2], limit=120)}", []))
        else:
            found[-1][1].append(_line(line))
    return [(heading, lines) for heading, lines in found if heading or any(line.strip() for line in lines)]


def _line(line: str) -> str:
    """A line of a template with nothing live in it: an open box, an item, or words."""
    box = _BOX.match(line)
    if box is not None:
        return f"{box[1][:8]}- [ ] {inline(box[2])}"
    item = _ITEM.match(line)
    if item is not None:
        return f"{item[1][:8]}- {inline(item[2])}"
    return inline(line.strip())

"""Our Markdown as Atlassian's document format, the only text that Jira Cloud's REST API v3 takes.

A document holds nodes and no markup, so text in it can mention, embed or run nothing; links are kept where
their host is one that the configuration names.
https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from markdown_it.token import Token

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
Node = dict[str, Json]
LONGEST = 30_000  # Jira takes 32,767 characters a field
LEFT_OUT = "Left out, too long for Jira. See the report of the case."
_FOLD = re.compile(r"^<details><summary>(?P<summary>[^<>]*)</summary>$")
MARKS = {"strong_open": "strong", "em_open": "em", "s_open": "strike"}
ENDS = {"strong_close": "strong", "em_close": "em", "s_close": "strike"}
LISTS = {"bullet_list_open": "bulletList", "ordered_list_open": "orderedList"}


def document(markdown: str, hosts: frozenset[str]) -> tuple[Node, bool]:
    """The document, and whether folded parts were left out since it was too long."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True}).enable("strikethrough")
    content = _blocks(parser.parse(markdown), hosts)
    cut = False
    while _size(content) > LONGEST:
        largest = max((n for n in content if _open(n)), key=lambda n: _size([n]), default=None)
        if largest is None:
            content = _shortened(content)
            return _doc(content), True
        largest["content"] = [_paragraph([_text(LEFT_OUT, ())])]
        cut = True
    return _doc(content), cut


def plain_text(node: Json) -> str:
    """The words of a document, a line for each block; what a search of its text goes through."""
    out: list[str] = []
    _words(node, out)
    return "".join(out).strip("\n")


def _doc(content: list[Node]) -> Node:
    return {"type": "doc", "version": 1, "content": list(content)}


def _words(node: Json, out: list[str], depth: int = 0) -> None:
    if not isinstance(node, dict) or depth > 60:
        return
    text = node.get("text")
    if isinstance(text, str):
        out.append(text)
    inner = node.get("content")
    if isinstance(inner, list):
        for each in inner:
            _words(each, out, depth + 1)
    if node.get("type") in ("paragraph", "heading", "codeBlock", "hardBreak"):
        out.append("\n")


def _blocks(tokens: Sequence[Token], hosts: frozenset[str]) -> list[Node]:
    """Nested by their opening and closing tokens; a folded section by the two lines that `folded` writes."""
    top: list[Node] = []
    stack: list[list[Node]] = [top]
    for token in tokens:
        opened = _opened(token)
        if opened is not None:
            inner: list[Node] = []
            opened["content"] = inner  # type: ignore[assignment]
            stack[-1].append(opened)
            stack.append(inner)
        elif token.type == "html_block":
            _html(token.content, stack)
        elif token.type == "inline":
            stack[-1].extend(_inline(token.children or (), hosts))
        elif token.type in ("fence", "code_block"):
            stack[-1].append(_code(token))
        elif token.type == "hr":
            stack[-1].append({"type": "rule"})
        elif token.nesting == -1 and len(stack) > 1:
            stack.pop()
    return [_sound(node) for node in top]


def _opened(token: Token) -> Node | None:
    if token.type in LISTS:
        order = token.attrs.get("start", 1)
        numbered: Node = {"attrs": {"order": int(order)}} if token.type == "ordered_list_open" else {}
        return {"type": LISTS[token.type], **numbered}
    if token.type == "heading_open":
        return {"type": "heading", "attrs": {"level": int(token.tag[1])}}
    names = {"list_item_open": "listItem", "paragraph_open": "paragraph", "blockquote_open": "blockquote"}
    return {"type": names[token.type]} if token.type in names else None


def _html(content: str, stack: list[list[Node]]) -> None:
    """Our own folding becomes an `expand`; any other HTML is shown as the text it is."""
    for line in content.strip().split("\n"):
        fold = _FOLD.match(line)
        if fold is not None and len(stack) == 1:
            inner: list[Node] = []
            stack[-1].append({"type": "expand", "attrs": {"title": fold["summary"]}, "content": inner})  # type: ignore[dict-item]
            stack.append(inner)
        elif line == "</details>" and len(stack) == 2 and stack[0] and stack[0][-1].get("type") == "expand":
            stack.pop()
        elif line.strip():
            stack[-1].append(_paragraph([_text(line, ())]))


def _inline(children: Iterable[Token], hosts: frozenset[str]) -> list[Node]:
    out: list[Node] = []
    marks: list[Node] = []
    for child in children:
        if child.type in MARKS:
            marks.append({"type": MARKS[child.type]})
        elif child.type in ENDS:
            marks = [mark for mark in marks if mark["type"] != ENDS[child.type]]
        elif child.type == "link_open":
            address = str(child.attrs.get("href", ""))
            marks += [{"type": "link", "attrs": {"href": address}}] if _allowed(address, hosts) else []
        elif child.type == "link_close":
            marks = [mark for mark in marks if mark["type"] != "link"]
        elif child.type == "code_inline":
            # Beside `code` Jira takes no mark but `link`.
            kept = [mark for mark in marks if mark["type"] == "link"]
            out.append(_text(child.content, [*kept, {"type": "code"}]))
        elif child.type == "hardbreak":
            out.append({"type": "hardBreak"})
        elif child.type == "softbreak":
            out.append(_text(" ", marks))
        else:  # text, an image's words, inline HTML as the text it is
            out.append(_text(child.content, marks))
    return [node for node in out if node.get("text") != ""]


def _allowed(address: str, hosts: frozenset[str]) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and (parts.hostname or "") in hosts and not parts.username
    except ValueError:
        return False


def _text(text: str, marks: Sequence[Node]) -> Node:
    return {"type": "text", "text": text, **({"marks": list(marks)} if marks else {})}


def _code(token: Token) -> Node:
    text = token.content.rstrip("\n")
    language = token.info.strip().split(" ")[0]
    named: Node = {"attrs": {"language": language}} if re.fullmatch(r"[a-z]{1,20}", language) else {}
    return {"type": "codeBlock", **named, "content": [_text(text, ())] if text else []}


def _paragraph(content: list[Node]) -> Node:
    return {"type": "paragraph", "content": list(content)}


def _sound(node: Node) -> Node:
    """Jira refuses containers that are empty, headings in items and quotes, and folds within folds."""
    content = node.get("content")
    if not isinstance(content, list):
        return node
    inner = [_sound(each) for each in content if isinstance(each, dict)]
    kind = node["type"]
    if kind in ("listItem", "blockquote"):
        plain = ("paragraph", "bulletList", "orderedList", "codeBlock")
        inner = [each if each["type"] in plain else _paragraph(_texts(each)) for each in inner]
    if kind == "listItem" and (not inner or inner[0]["type"] not in ("paragraph", "codeBlock")):
        inner = [_paragraph([]), *inner]
    if kind in ("expand", "blockquote", "bulletList", "orderedList") and not inner:
        inner = [_paragraph([])] if kind in ("expand", "blockquote") else [_listed([])]
    return {**node, "content": list(inner)}


def _listed(content: list[Node]) -> Node:
    return {"type": "listItem", "content": [_paragraph(content)]}


def _texts(node: Node) -> list[Node]:
    words = plain_text(node)
    return [_text(words, ())] if words else []


def _open(node: Node) -> bool:
    return node.get("type") == "expand" and plain_text(node) != LEFT_OUT


def _size(nodes: Sequence[Node]) -> int:
    return sum(len(plain_text(node)) + 20 for node in nodes)


def _shortened(content: list[Node]) -> list[Node]:
    """The blocks that fit and the last one, by which the ticket is found again."""
    kept: list[Node] = []
    room = LONGEST - _size(content[-1:]) - len(LEFT_OUT) - 20
    for node in content[:-1]:
        room -= _size([node])
        if room < 0:
            break
        kept.append(node)
    return [*kept, _paragraph([_text(LEFT_OUT, ())]), *content[-1:]]

"""The draft starts processes, talks to the network or runs text as code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from rootcase.core.model.proofs import Severity
from rootcase.core.review.change import Change, FileChange, Found, dotted

CHECK = "new outside call"
CHANGES = "Changes files"
MODE = re.compile(r"(?=.*[wax+])[rwaxbt+U]{1,4}")
SETTLE = "Do it without, or waive this with the reason why it has to be."
CODE = (
    "eval", "exec", "compile", "__import__", "importlib.import_module", "pickle.load", "pickle.loads",
    "marshal.loads", "yaml.load", "yaml.unsafe_load", "ctypes", "runpy", "builtins.eval", "builtins.exec",
)  # fmt: skip
PROCESS = (
    "os.system", "os.popen", "os.execv", "os.execve", "os.execvp", "os.spawnv", "os.spawnl", "os.posix_spawn",
    "os.fork", "subprocess", "pty", "asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell",
)  # fmt: skip
NETWORK = (
    "socket", "ssl", "urllib.request", "urllib3", "http.client", "requests", "httpx", "aiohttp", "ftplib",
    "smtplib", "telnetlib", "paramiko", "websockets", "asyncio.open_connection",
)  # fmt: skip
FILES = (
    "os.remove", "os.unlink", "os.rmdir", "os.removedirs", "os.rename", "os.replace", "os.truncate", "os.chmod",
    "shutil.rmtree", "shutil.move", "shutil.copy", "shutil.copyfile", "shutil.copytree",
)  # fmt: skip
WRITES = ("write_text", "write_bytes", "unlink", "rmdir", "touch")
FAMILIES = (
    (CODE, "Runs text as code"),
    (PROCESS, "Starts a process"),
    (NETWORK, "Talks to the network"),
    (FILES, CHANGES),
)
OTHER = (
    (re.compile(r"\beval\(|new Function\(|\binstance_eval\b|\bunserialize\("), "Runs text as code"),
    (re.compile(r"child_process|getRuntime\(\)\.exec|ProcessBuilder|exec\.Command|shell_exec|\bsystem\("),
     "Starts a process"),
    (re.compile(r"\bfetch\(|XMLHttpRequest|\baxios\b|http\.Get\(|HttpClient|Net::HTTP|curl_exec|net\.Dial"),
     "Talks to the network"),
    (re.compile(r"\bfs(?:\.promises)?\.(?:write|append|unlink|rm|rename|truncate)|\bFiles\.(?:write|delete|move|copy)"
                r"|\bos\.(?:Remove|WriteFile|Rename|Create|Truncate)|\bnew FileWriter\b|\bioutil\.WriteFile"),
     CHANGES),
)  # fmt: skip


def dangerous_calls(change: Change) -> Iterator[Found]:
    """Calls on added lines, resolved through the file's imports; patterns for other languages."""
    for file in change.files:
        if file.new_tree is not None:
            yield from _calls(file)
        elif not file.python and _is_code(file.path):
            yield from _by_text(file)


def _calls(file: FileChange) -> Iterator[Found]:
    assert file.new_tree is not None
    names = _imported(file.new_tree)
    known = _known_calls(file.old_tree)
    for node in ast.walk(file.new_tree):
        if not isinstance(node, ast.Call):
            continue
        line = file.at(node)
        name = _resolved(dotted(node.func), names)
        what = _kind(name, node)
        if line is None or not what or line.number != node.lineno or ast.dump(node) in known:
            continue
        if file.test and what == CHANGES:
            continue  # a test works on files of its own
        severity: Severity = "warn" if file.test or what in ("Talks to the network", CHANGES) else "block"
        text = f"{what}: `{name}`."
        yield Found(CHECK, severity, file.path, line.hunk.id, text, SETTLE, line.index, said=line.text)


def _known_calls(tree: ast.Module | None) -> set[str]:
    return {ast.dump(n) for n in ast.walk(tree) if isinstance(n, ast.Call)} if tree else set()


def _imported(tree: ast.Module) -> dict[str, str]:
    """Local name → full name for every import of the file."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def _resolved(name: str, names: dict[str, str]) -> str:
    first, dot, rest = name.partition(".")
    return f"{names.get(first, first)}{dot}{rest}"


def _kind(name: str, call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute) and call.func.attr in WRITES:
        return CHANGES
    if not name:
        return ""
    if name in ("open", "io.open") or name.endswith(".open"):
        return CHANGES if _writing(call) else ""
    if name == "yaml.load" and any("Safe" in ast.unparse(k.value) for k in call.keywords):
        return ""
    if name == "compile" and len(call.args) < 3:
        return ""
    for family, what in FAMILIES:
        if any(name == known or name.startswith(known + ".") for known in family):
            return what
    return ""


def _writing(call: ast.Call) -> bool:
    modes = [*call.args[:2], *(k.value for k in call.keywords if k.arg == "mode")]
    return any(
        isinstance(mode, ast.Constant) and isinstance(mode.value, str) and MODE.fullmatch(mode.value)
        for mode in modes
    )


def _by_text(file: FileChange) -> Iterator[Found]:
    for line in file.added:
        for pattern, what in OTHER:
            if pattern.search(line.text):
                text = f"{what} on a new line."
                yield Found(CHECK, "warn", file.path, line.hunk.id, text, SETTLE, line.index, said=line.text)


def _is_code(path: str) -> bool:
    return path.endswith(
        (".js", ".ts", ".jsx", ".tsx", ".mjs", ".java", ".kt", ".go", ".rb", ".php", ".cs", ".rs")
    )

"""The draft starts processes, talks to the network or runs text as code."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

from rootcase.core.model.proofs import Severity
from rootcase.core.review.change import Change, FileChange, Found, dotted

CHECK = "new outside call"
CHANGES = "Changes files"
NETWORK_WORDS = "Talks to the network"
# Loads a module whose name is made up at run time; often a lazy import.
IMPORTS = frozenset({"__import__", "importlib.import_module"})
HARMLESS = re.compile(
    r"(?:Error|Exception|Warning|Timeout|Limits|Request|Response|Headers|PreparedRequest)$|getproxies|proxy_bypass|\.codes\."
)
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
    (NETWORK, NETWORK_WORDS),
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
    """Calls on added lines, resolved through the file's imports; patterns for other languages.

    A call that the file makes already and that only changes is not new. In a test, which runs in the sandbox, they are
    remarks. A package's own modules are not the library that they are for others.
    """
    own = frozenset(part for file in change.files for part in file.path.split("/")[:-1])
    for file in change.files:
        if file.new_tree is not None:
            yield from _calls(file, own)
        elif not file.python and _is_code(file.path):
            yield from _by_text(file)


def _calls(file: FileChange, own: frozenset[str]) -> Iterator[Found]:
    assert file.new_tree is not None
    names = _imported(file.new_tree)
    known = _known_calls(file.old_tree)
    made = _counted(file.old_tree)
    now = _counted(file.new_tree)
    raised = _raised(file.new_tree)
    for node in ast.walk(file.new_tree):
        if not isinstance(node, ast.Call) or id(node) in raised:
            continue
        line = file.at(node)
        name = _resolved(dotted(node.func), names)
        what = _kind(name, node)
        if line is None or not what or line.number != node.lineno or ast.dump(node) in known:
            continue
        if name.partition(".")[0] in own or (name and made[name] >= now[name]):
            continue
        if file.test and what == CHANGES:
            continue  # a test works on files of its own
        text = f"{what}: `{name or ast.unparse(node.func)}`."
        severity = _severity(file, what, name, made)
        yield Found(CHECK, severity, file.path, line.hunk.id, text, SETTLE, line.index, said=line.text)


def _severity(file: FileChange, what: str, name: str, made: Counter[str]) -> Severity:
    if file.test:
        return "info"
    if what in (NETWORK_WORDS, CHANGES) or name in IMPORTS or name.startswith("ctypes"):
        return "warn"
    return "warn" if any(known.partition(".")[0] == name.partition(".")[0] for known in made) else "block"


def _counted(tree: ast.Module | None) -> Counter[str]:
    """How often each outside call stands in a file."""
    if tree is None:
        return Counter()
    names = _imported(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return Counter(
        name for call in calls if (name := _resolved(dotted(call.func), names)) and _kind(name, call)
    )


def _raised(tree: ast.Module) -> frozenset[int]:
    """Errors of a library that are raised are no use of it."""
    return frozenset(
        id(node.exc) for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc is not None
    )


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
    if not name or HARMLESS.search(name):
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
                if pattern.search(file.old or "") and any(pattern.search(gone) for _, gone in file.removed):
                    break  # a call that was there before and only changed
                yield Found(
                    CHECK,
                    "info" if file.test else "warn",
                    file.path,
                    line.hunk.id,
                    text,
                    SETTLE,
                    line.index,
                    said=line.text,
                )


def _is_code(path: str) -> bool:
    return path.endswith(
        (".js", ".ts", ".jsx", ".tsx", ".mjs", ".java", ".kt", ".go", ".rb", ".php", ".cs", ".rs")
    )

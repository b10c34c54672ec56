"""Real git servers on loopback: `git http-backend` behind a small CGI host with a password, and an sshd."""

from __future__ import annotations

import base64
import os
import pwd
import shutil
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit


class GitOverHttp:
    """The repositories below `root`, for one user with a password."""

    def __init__(self, root: Path, user: str, password: str) -> None:
        wanted = f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"
        self.seen: list[str] = []
        seen = self.seen

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def log_message(self, *arguments: object) -> None: ...

            def _handle(self) -> None:
                given = self.headers.get("Authorization", "")
                seen.append(given)
                if given != wanted:
                    self.send_response(401)
                    self.send_header("WWW-Authenticate", 'Basic realm="git"')
                    self.end_headers()
                    return
                parts = urlsplit(self.path)
                body = self._body()
                environment = {
                    "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(root), "GIT_HTTP_EXPORT_ALL": "1",
                    "REQUEST_METHOD": self.command, "PATH_INFO": unquote(parts.path), "QUERY_STRING": parts.query,
                    "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
                    "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""), "REMOTE_USER": user,
                    "REMOTE_ADDR": "127.0.0.1", "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                    "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": str(root),
                }  # fmt: skip
                done = subprocess.run(
                    ["git", "http-backend"], input=body, env=environment, capture_output=True
                )
                head, _, content = done.stdout.partition(b"\r\n\r\n")
                headers = [line.partition(": ") for line in head.decode().split("\r\n") if line]
                status = next((int(value.split()[0]) for name, _, value in headers if name == "Status"), 200)
                self.send_response(status)
                for name, _, value in headers:
                    if name != "Status":
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def _body(self) -> bytes:
                if self.headers.get("Transfer-Encoding") == "chunked":
                    parts = []
                    while size := int(self.rfile.readline().split(b";")[0], 16):
                        parts.append(self.rfile.read(size))
                        self.rfile.readline()
                    return b"".join(parts)
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))

            do_GET = do_POST = _handle

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class GitOverSsh:
    """An sshd of the user's own on a free port, with keys made for the test. command: for GIT_SSH_COMMAND."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        for name in ("host", "user"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        (folder / "authorized").write_text((folder / "user.pub").read_text())
        self.port = _free_port()
        lines = [
            f"Port {self.port}", "ListenAddress 127.0.0.1", f"HostKey {folder / 'host'}", "StrictModes no",
            f"AuthorizedKeysFile {folder / 'authorized'}", "PasswordAuthentication no", "UsePAM no",
            "KbdInteractiveAuthentication no", f"PidFile {folder / 'pid'}", "PermitRootLogin prohibit-password",
        ]  # fmt: skip
        (folder / "config").write_text("\n".join(lines) + "\n")
        kind, key = (folder / "host.pub").read_text().split()[:2]
        self.known = folder / "known"
        self.known.write_text(f"[127.0.0.1]:{self.port} {kind} {key}\n")
        self.user = pwd.getpwuid(os.getuid()).pw_name
        self.command = self.command_with(self.known, folder / "user")
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        self._log = (folder / "log").open("wb")
        self._process = subprocess.Popen(
            [sshd() or "sshd", "-D", "-e", "-f", str(folder / "config")],
            stderr=self._log,
            stdin=subprocess.DEVNULL,
        )
        self._ready(folder)

    def command_with(self, known: Path, key: Path) -> str:
        options = (
            "StrictHostKeyChecking=yes",
            "IdentitiesOnly=yes",
            "BatchMode=yes",
            f"UserKnownHostsFile={known}",
        )
        return f"ssh -F /dev/null -i {key} " + " ".join(f"-o {option}" for option in options)

    def url(self, path: Path) -> str:
        return f"ssh://{self.user}@127.0.0.1:{self.port}{path}"

    def _ready(self, folder: Path) -> None:
        """Until it answers with its greeting; a process that ended instead says why."""
        for _ in range(200):
            if self._process.poll() is not None:
                raise RuntimeError((folder / "log").read_text())
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as there:
                    if there.recv(4) == b"SSH-":
                        return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("sshd does not answer")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._log.close()


def sshd() -> str | None:
    """sshd has to be called by its whole path."""
    return shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])

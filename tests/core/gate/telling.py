"""Asks `rootcase explain gate` about an event and a context, as a user does."""

import json

from rootcase.core.commands.parser import run


def told(event, context, folder, capsys):
    """The command's JSON."""
    (folder / "event.json").write_text(json.dumps(event))
    (folder / "context.json").write_text(json.dumps(context))
    arguments = [
        "explain",
        "gate",
        str(folder / "event.json"),
        "--context",
        str(folder / "context.json"),
        "--json",
    ]
    code = run([*arguments, "--config", str(_config(folder)), "--store", str(folder / "store.sqlite3")])
    out = capsys.readouterr()
    assert code == 0, out.err
    return json.loads(out.out)


def _config(folder):
    file = folder / "config.yaml"
    file.write_text("me: []\n")
    return file

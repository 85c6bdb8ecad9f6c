"""A command in the place of the installed one: it is the server of this checkout."""

import json
import sys
from pathlib import Path

from .home import Home
from .server import ROOT

# Writes down what it was given, then is the server: `env` would be one more program to have.
_WRAPPER = """#!{python}
import json, os, sys
seen = {{"pid": os.getpid(), "session": os.getsid(0), "environment": dict(os.environ)}}
with open({seen!r}, "w") as file:
    json.dump(seen, file)
os.environ["PYTHONPATH"] = {path!r}
os.execv({python!r}, [{python!r}, "-m", "sfumato_server", *sys.argv[1:]])
"""


def wrapped(home: Home, folder: Path) -> Path:
    """Have the plugin of this home start the wrapper; where that writes down what it was given."""
    told, wrapper = folder / "seen.json", folder / "sfumato"
    path = ":".join(str(ROOT / part) for part in ("protocol", "server"))
    wrapper.write_text(_WRAPPER.format(python=sys.executable, seen=str(told), path=path))
    wrapper.chmod(0o755)
    note = home.pykrita / "sfumato" / "server.json"
    assert json.loads(note.read_text())["command"], "the installer found the server"
    note.write_text(json.dumps({"command": [str(wrapper)]}))
    return told

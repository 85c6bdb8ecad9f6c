"""What the plugin adds to Krita's start: import and registering, the docker, its actions."""

from __future__ import annotations

import compileall
from collections.abc import Iterator

from .figures import Figure
from .krita_lab import krita_lab

RUNS = 7
GOAL_MS = 200.0
# In place of the plugin's own __init__, which it runs: what is called at a start is timed.
_TIMED = """
import time
_begun = time.perf_counter()
spent = {{}}
{source}
spent["import"] = time.perf_counter() - _begun


def _timed(owner, name):
    called = getattr(owner, name)

    def timed(*given):
        begun = time.perf_counter()
        try:
            return called(*given)
        finally:
            spent[name] = spent.get(name, 0.0) + time.perf_counter() - begun

    setattr(owner, name, timed)


from . import extension, studio
for _name in ("setup", "createActions", "_greet_windows"):
    _timed(extension.SfumatoExtension, _name)
_timed(studio.Studio, "make_panel")
"""


def measure() -> Iterator[Figure]:
    with krita_lab() as lab:
        package = lab.home.pykrita / "sfumato"
        own = (package / "__init__.py").read_text("utf-8")
        (package / "__init__.py").write_text(_TIMED.format(source=own), "utf-8")
        compileall.compile_dir(package, quiet=1)  # as a Krita leaves it that has started once
        runs = [lab.run("loading.spent")["spent"] for _ in range(RUNS)]
        whole = tuple(1000.0 * sum(spent.values()) for spent in runs)
        yield Figure("Krita: what the plugin adds to its start", "ms", whole, GOAL_MS)
        for name, words in (("import", "import and registering"), ("make_panel", "the docker")):
            parts = tuple(1000.0 * spent[name] for spent in runs)
            yield Figure(f"Krita: of that, {words}", "ms", parts)

"""Starts Krita with the driver plugin, or kritarunner with a module, and brings their report home.

Both write one JSON object. Krita answers to a *scenario*: a function of the driver's scenario
modules, with parameters. kritarunner runs a module of *cases*.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from .home import Home
from .processes import Ended, run

DRIVER = Path(__file__).parents[1] / "driver"
_NO_PYQT = "No module named 'PyQt5'"


class KritaFailed(RuntimeError):
    """Krita ended without a report, or reported an error."""


def install_driver(home: Home) -> None:
    """Put the test driver beside the plugins of this home."""
    shutil.copytree(DRIVER / "pykrita", home.pykrita, dirs_exist_ok=True)


def drive(
    home: Home,
    display: str,
    scenario: str,
    seconds: float = 120.0,
    scale: float = 1.0,
    **parameters: Any,
) -> dict[str, Any]:
    """Run `scenario` in a real Krita window and return what it reported.

    seconds: after that Krita and all it started are killed. scale: px of the screen to one of
    Qt's, as on a dense screen. Raises `KritaFailed`.
    """
    request, report = home.root / "request.json", home.root / "report.json"
    report.unlink(missing_ok=True)
    asked = {"scenario": scenario, "report": str(report), "seconds": seconds}
    request.write_text(json.dumps({**asked, "parameters": parameters}))
    env = home.environment(
        DISPLAY=display, QT_QPA_PLATFORM="xcb", SFUMATO_DRIVER_REQUEST=str(request)
    )
    if scale != 1.0:
        env["QT_SCALE_FACTOR"] = f"{scale:g}"
    ended = run(["krita", "--nosplash"], env, home.root / "krita.log", seconds)
    return _report(report, ended, f"scenario {scenario}")


def run_cases(home: Home, path: list[Path], module: str, seconds: float = 120.0) -> dict[str, Any]:
    """Run `module`.main([report path]) in kritarunner, without a window; return its report."""
    report = home.root / "report.json"
    report.unlink(missing_ok=True)
    env = home.environment(
        QT_QPA_PLATFORM="offscreen", PYTHONPATH=":".join(str(folder) for folder in path)
    )
    command = ["kritarunner", "-s", module, "-f", "main", str(report)]
    ended = run(command, env, home.root / "kritarunner.log", seconds)
    return _report(report, ended, f"module {module}")


def _report(report: Path, ended: Ended, what: str) -> dict[str, Any]:
    if report.exists():
        content: dict[str, Any] = json.loads(report.read_text())
        if "error" in content:
            raise KritaFailed(f"{what} failed in Krita:\n{content['error']}\n{ended.tail(15)}")
        return content
    if _NO_PYQT in ended.log.read_text(errors="replace"):
        raise KritaFailed("Krita found no PyQt5: run 'apt-get install python3-pyqt5'")
    how = "was killed after its time" if ended.status is None else f"ended with {ended.status}"
    raise KritaFailed(f"{what}: Krita {how} and left no report; its last words:\n{ended.tail()}")

"""krita_io against the real Krita, without a window: each case is a test of its own.

The cases are functions in driver/cases and run inside kritarunner, all in one process.
"""

import ast
from pathlib import Path
from typing import Any

import msgpack
import pytest
from krita_harness.home import Home
from krita_harness.launch import run_cases

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent / "driver" / "cases"


def all_cases() -> list[str]:
    """module.case of every case in the folder, found without importing Krita."""
    found = []
    for path in sorted(CASES.glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("case_"):
                found.append(f"{path.stem}.{node.name}")
    return found


@pytest.fixture(scope="module")
def outcome(runner_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """case → "" or its traceback."""
    # The one package that the plugin carries in itself: here it comes alone, without the rest that
    # is installed for the tests.
    carried = tmp_path_factory.mktemp("carried")
    (carried / "msgpack").symlink_to(Path(msgpack.__file__).parent)
    path = [CASES, ROOT / "plugin", ROOT / "protocol", carried]
    return run_cases(runner_home, path, "caserun", seconds=200)["cases"]


@pytest.mark.parametrize("case", all_cases())
def test_krita_io(outcome: dict[str, str], case: str) -> None:
    assert case in outcome, f"{case} did not run: is its module listed in caserun.py?"
    assert not outcome[case], outcome[case]

"""The committed type stub of Krita is what Krita says of itself."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "typings" / "krita" / "__init__.pyi"


def test_the_stub_is_up_to_date(krita_on_this_machine: None, tmp_path: Path) -> None:
    """Compared where this machine has the Krita that the committed stub was made from."""
    made = tmp_path / "krita.pyi"
    tool = ROOT / "tools" / "make_krita_stub.py"
    subprocess.run([sys.executable, str(tool), "--out", str(made)], check=True)
    fresh, committed = made.read_text(), COMMITTED.read_text()
    assert "def setPixelData(self, value: QByteArray, x: int, y: int, w: int, h: int)" in fresh
    if fresh.splitlines()[0] == committed.splitlines()[0]:
        assert fresh == committed, "run tools/make_krita_stub.py"

"""An artist's session in the real Krita against a real server process.

One run with the built-in engine, as at home; one run through every supported colour space with an
engine that takes no time.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from krita_harness.launch import drive
from krita_harness.server import Server, serving
from krita_harness.sessions import SPACES, Session, rerun, worst_levels
from numpy.typing import NDArray

from sfumato_protocol import codec
from sfumato_server.cli import kra
from sfumato_server.client.result import laid_over

# The built-in engine computes for a quarter of a minute on two idle cores.
pytestmark = pytest.mark.timeout(600)
PASSES = ["whole", "ring", "wide"]
Pixels = NDArray[Any]


@pytest.fixture(scope="module")
def ellipse_file(ellipse: NDArray[np.uint8], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("selection") / "ellipse"
    path.write_bytes(ellipse.tobytes())
    return path


def run_session(home: Any, display: str, photo: Path, ellipse: Path, spaces: Any) -> list[Session]:
    """The sessions of one Krita run, one for each colour space."""
    folder = home.root / "sessions"
    folder.mkdir()
    report = drive(
        home, display, "session.inpaint", seconds=240, photo=str(photo), ellipse=str(ellipse),
        spaces=spaces, folder=str(folder),
    )  # fmt: skip
    return [Session(folder / str(i), found) for i, found in enumerate(report["sessions"])]


@pytest.fixture(scope="module")
def adder_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose engine adds 0.1 to what it is shown, at once."""
    with serving(tmp_path_factory.mktemp("server"), ["fakes.engines:Adder"]) as server:
        yield server


def test_a_session_with_the_built_in_engine(
    new_home: Any, display: str, photo: Path, ellipse_file: Path, tmp_path: Path
) -> None:
    with serving(tmp_path / "server") as server:
        home = new_home(server)
        (session,) = run_session(home, display, photo, ellipse_file, [SPACES[0]])
    check(session, ellipse_file)
    assert session.report["provenance"]["engine"] == "patch-diffusion"


def test_every_supported_colour_space(
    new_home: Any,
    display: str,
    photo: Path,
    ellipse: NDArray[np.uint8],
    ellipse_file: Path,
    adder_server: Server,
) -> None:
    sessions = run_session(new_home(adder_server), display, photo, ellipse_file, SPACES)
    for session, (depth, profile) in zip(sessions, SPACES, strict=True):
        wanted = ["RGBA", depth or "U8", profile or "sRGB-elle-V2-srgbtrc.icc"]
        assert session.report["colour"] == wanted
        check(session, ellipse_file)
    for session in sessions:
        if "srgbtrc" in session.report["colour"][2]:
            theirs = rerun(adder_server, session, ellipse)
            assert worst_levels(session.pixels("after"), theirs) <= 1


def check(session: Session, ellipse: Path) -> None:
    """Everything an artist is promised of one finished job."""
    print_figures(session)
    check_layers(session)
    check_composite(session)
    before, after = session.pixels("before"), session.pixels("after")
    assert np.array_equal(session.pixels("undone"), before)
    assert np.array_equal(session.pixels("redone"), after)
    assert session.report["redone"] == session.report["nodes"]
    assert np.array_equal(session.pixels("reopened"), after)
    check_reopened(session)
    assert (session.folder / "selection").read_bytes() == ellipse.read_bytes()
    for untouched in ("layer", "view"):
        first, last = session.report[untouched]
        assert first == last
    assert session.report["again"] == [["123", False], ["7", False]]
    assert session.report["modified"]


def check_layers(session: Session) -> None:
    """One group on top, one masked layer a pass, named, with the bytes that came."""
    bottom, (kind, name, layers) = session.report["nodes"]
    assert bottom == ["paintlayer", "Background", []]
    assert (kind, name) == ("grouplayer", "Sfumato · face-swap-boundary · seed 7")
    assert [layer[1].split(" · ")[0] for layer in layers] == ["1 whole", "2 ring", "3 wide"]
    assert [layer[1].split(" · ")[1:] for layer in layers] == [
        ["strength 0.70", "seed 7"],
        ["strength 0.40", "seed 8"],
        ["strength 0.25", "seed 9"],
    ]
    for kind, name, masks in layers:
        assert kind == "paintlayer"
        assert masks == [["transparencymask", "Mask of " + name, []]]


def check_composite(session: Session) -> None:
    """What Krita shows is the ladder's composite inside the masks, and the old bytes outside."""
    before, after = session.pixels("before"), session.pixels("after")
    expected = before
    touched = np.zeros(before.shape[:2], bool)
    for done in session.passes():
        area = done.area
        place = np.s_[area.y : area.bottom, area.x : area.right]
        touched[place] |= done.mask > 0
        expected = laid_over(expected, done)
    assert touched.any()
    assert not np.array_equal(before, after)
    assert np.array_equal(before[~touched], after[~touched]), "bytes changed outside the masks"
    assert worst_levels(after, expected) <= 1, "Krita shows another composite than the server's"


def check_reopened(session: Session) -> None:
    """The saved file holds the same layers and the job's record."""
    reopened = session.report["reopened"]
    assert reopened["nodes"] == session.report["nodes"]
    assert reopened["colour"] == session.report["colour"]
    record = session.report["provenance"]
    assert reopened["provenance"] == record
    (told,) = kra.jobs(session.folder / "picture.kra")
    assert codec.to_map(told) == record
    assert (record["recipe"], record["seed"]) == ("face-swap-boundary", 7)
    assert [p["extent"]["zone"] for p in record["plan"]] == PASSES


def print_figures(session: Session) -> None:
    """The longest stall and the insertion, for the reader of the log."""
    report = session.report
    print(
        f"{report['colour'][1]} {report['colour'][2]}: job {report['seconds']:.1f} s, longest "
        f"stall {report['stall_ms']:.0f} ms, insertion {report['insertion_ms']:.0f} ms",
        file=sys.stderr,
    )

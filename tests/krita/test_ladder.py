"""The ladder in the artist's hand, in the real Krita by real clicks and keys."""

from pathlib import Path
from typing import Any

from krita_harness.launch import drive
from krita_harness.server import serving


def test_an_artist_alters_runs_and_keeps_a_ladder(
    new_home: Any, display: str, photo: Path, tmp_path: Path
) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    with serving(tmp_path / "server", ["fakes.engines:Adder"]) as server:
        home = new_home(server)
        report = drive(
            home, display, "laddering.taken_in_hand", photo=str(photo), pictures=str(pictures)
        )
        left = list((server.home / "recipes").glob("*.toml"))
    first = [["Whole", "0.70 corrects"], ["Ring", "0.40 subtle"], ["Wide", "0.25 subtle"]]
    assert report["at first"] == report["after the wheel"] == first
    altered = [["Whole", "0.55 → 0.44 subtle"], ["Wide", "0.25 → 0.20 subtle"]]
    assert report["altered"] == altered
    names = [name.split(" · seed")[0] for name in report["layers"]]
    assert names == ["1 whole · strength 0.44", "2 whole · strength 0.20"]
    kept = [["Whole", "0.44 subtle"], ["Whole", "0.20 subtle"]]
    assert report["kept"] == [kept, "The server keeps the recipe “Soft edge”."]
    assert report["altered again"] == [["Whole", "0.90 replaces"], kept[1]]
    assert report["restored"] == kept
    assert report["deleted"][0] != "Softest edge"
    assert "“Softest edge”" in report["deleted"][1]
    assert left == []

"""Whether a picture still looks as it did at the click, told by a few rows of it.

A job takes a while, and a picture that is mirrored, turned, cropped or scaled meanwhile may have
the size it had before. Whole rows round the crop are cut into runs and each run is marked by its
checksum. The artist may paint during a job: that changes some runs, and a mirrored picture all that
tell anything. So what decides is not one run but how many are left.
"""

import zlib
from dataclasses import dataclass
from typing import Callable, Iterable, Iterator, List, Tuple, Union

from sfumato_protocol import checks
from sfumato_protocol.geometry import Rect

ROWS = 16
RUNS = 16
_LEAST_MARGIN = 64
_DIGITS = 8
_TELLS_NOTHING = "0" * _DIGITS  # one colour from end to end: it looks the same anywhere
_NOWHERE = Rect(0, 0, 0, 0)
_LEAST_SHARE = 4  # a picture of which less than one in four runs is left is another one

# An area of the canvas → its pixels as the picture shows them, rows one after another.
Look = Callable[[Rect], Union[bytes, bytearray, memoryview]]


@dataclass(frozen=True)
class Context:
    """area: of the canvas, where the rows lie. marks: eight digits for each run, row by row."""

    area: Rect = _NOWHERE
    marks: str = ""

    def __post_init__(self) -> None:
        checks.text("marks", self.marks, ROWS * RUNS * _DIGITS)


UNKNOWN = Context()


def remember(crop: Rect, canvas: Rect, look: Look) -> Context:
    """What to know the surroundings of a crop by."""
    margin = max(_LEAST_MARGIN, max(crop.width, crop.height) // 2)
    area = crop.grown(margin).intersected(canvas)
    return Context(area, "".join(_marks(area, canvas, look, False, False)))


def is_elsewhere(context: Context, canvas: Rect, look: Look) -> bool:
    """Whether what was there lies somewhere else now, or is gone for the greatest part."""
    told = [(i, mark) for i, mark in enumerate(_cut(context.marks)) if mark != _TELLS_NOTHING]

    def left(*flips: bool) -> int:
        now = list(_marks(context.area, canvas, look, *flips))
        return sum(now[i] == mark for i, mark in told)

    if context.area.empty or not canvas.contains(context.area) or not told:
        return False
    here = left(False, False)
    if here == len(told):
        return False
    flipped = max(left(True, False), left(False, True), left(True, True))
    return flipped > here or here * _LEAST_SHARE < len(told)


def without(context: Context, areas: Iterable[Rect]) -> Context:
    """The same with the runs in these areas telling nothing: layers of ours have changed them."""
    places, marks = list(_places(context.area)), _cut(context.marks)
    for area in areas:
        for i, place in enumerate(places[: len(marks)]):
            if not place.intersected(area).empty:
                marks[i] = _TELLS_NOTHING
    return Context(context.area, "".join(marks))


def _cut(marks: str) -> List[str]:
    return [marks[i : i + _DIGITS] for i in range(0, len(marks), _DIGITS)]


def rows(area: Rect) -> Iterator[Rect]:
    """`ROWS` rows of an area, spread over it."""
    for number in range(ROWS):
        yield Rect(area.x, area.y + (2 * number + 1) * area.height // (2 * ROWS), area.width, 1)


def _ends(width: int) -> Tuple[Tuple[int, int], ...]:
    """Where the runs of a row begin and end."""
    return tuple((width * i // RUNS, width * (i + 1) // RUNS) for i in range(RUNS))


def _places(area: Rect) -> Iterator[Rect]:
    """Where each run lies."""
    ends = _ends(area.width)
    for row in rows(area):
        for start, end in ends:
            yield Rect(row.x + start, row.y, end - start, 1)


def _marks(area: Rect, canvas: Rect, look: Look, across: bool, down: bool) -> Iterator[str]:
    """The marks of an area's runs, as if the picture had been mirrored, across or down or both."""
    for row in rows(area):
        x = canvas.width - row.right if across else row.x
        y = canvas.height - row.bottom if down else row.y
        content = bytes(look(Rect(x, y, row.width, 1)))
        size = len(content) // row.width
        if across:
            content = _backwards(content, size)
        for start, end in _ends(row.width):
            run = content[start * size : end * size]
            flat = run[size:] == run[:-size]
            yield _TELLS_NOTHING if flat else "{:08x}".format(zlib.crc32(run) or 1)


def _backwards(content: bytes, size: int) -> bytes:
    """The pixels in reverse. size: bytes of one, 4 or 8."""
    pixels = memoryview(content)
    return (pixels.cast("I") if size == 4 else pixels.cast("Q"))[::-1].tobytes()

"""Hypothesis strategies for every message of the protocol, over the whole range of each field."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from sfumato_protocol import blobs, messages
from sfumato_protocol.blobs import BlobInfo
from sfumato_protocol.geometry import ZONES, Extent, MaskSettings, Rect

ids = st.text("0123456789abcdef", min_size=32, max_size=32)
names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}", fullmatch=True)
seeds = st.integers(0, messages.MAX_SEED)
indices = st.integers(1, messages.MAX_PASSES)
lengths = st.floats(0, 1024)
strengths = st.floats(0.01, 1)
seconds = st.floats(0, 1e9)
extents = st.builds(Extent, st.sampled_from(ZONES), lengths, lengths, lengths, st.booleans())
masks = st.builds(MaskSettings, lengths, lengths, lengths, lengths, st.booleans())
specs = st.builds(
    messages.PassSpec, st.sampled_from(ZONES), strengths, st.floats(0.1, 10), st.floats(0.1, 10),
    st.integers(0, 200), st.floats(-1, 50), st.integers(0, 1_000_000), st.text(max_size=50),
    st.booleans(), st.just("") | names,
)  # fmt: skip
planned = st.builds(
    messages.PlannedPass, indices, extents, strengths, st.integers(0, 200), st.floats(-1, 50),
    seeds, st.text(max_size=50), st.booleans(), st.just("") | names,
)  # fmt: skip
figures = st.builds(
    messages.Figure, names, st.floats(-1e12, 1e12), st.text(max_size=20), st.text(max_size=50)
)
why_not = st.builds(
    messages.Note, names, st.text(max_size=50), st.integers(0, messages.MAX_PASSES), st.text()
)
sides = st.integers(1, 4096)


def several(items: SearchStrategy[Any], least: int = 0, most: int = 4) -> SearchStrategy[Any]:
    """Tuples of `items`."""
    return st.lists(items, min_size=least, max_size=most).map(tuple)


@st.composite
def pictures(draw: DrawFn, width: int, height: int, mask: bool = False) -> BlobInfo:
    """A blob announcement of a size."""
    order = "G" if mask else draw(st.sampled_from(["RGB", "RGBA", "BGRA"]))
    sample = "u8" if mask else draw(st.sampled_from(["u8", "u16"]))
    encoding = draw(st.sampled_from([blobs.RAW, blobs.ZLIB]))
    size = width * height * len(order) * blobs.SAMPLES[sample]
    stored = size if encoding == blobs.RAW else draw(st.integers(1, size))
    profile = draw(st.text(max_size=30))
    number = draw(st.integers(0, 2**31 - 1))
    return BlobInfo(number, width, height, order, sample, profile, encoding, stored)


@st.composite
def submits(draw: DrawFn) -> messages.Submit:
    width, height = draw(sides), draw(sides)
    crop = Rect(draw(st.integers(-500, 500)), draw(st.integers(-500, 500)), width, height)
    return messages.Submit(
        draw(ids), draw(names), draw(st.just("") | names), draw(st.text(max_size=200)),
        draw(st.text(max_size=200)), draw(seeds), draw(masks), crop,
        draw(pictures(width, height)), draw(pictures(width, height, mask=True)),
        draw(several(specs)),
    )  # fmt: skip


@st.composite
def passes_done(draw: DrawFn) -> messages.PassDone:
    area = Rect(draw(st.integers(0, 99)), draw(st.integers(0, 99)), draw(sides), draw(sides))
    return messages.PassDone(
        draw(ids), draw(planned), area, draw(pictures(area.width, area.height)),
        draw(pictures(area.width, area.height, mask=True)), draw(seconds),
        draw(several(figures)), draw(st.booleans()), draw(several(why_not)),
        draw(several(why_not)),
    )  # fmt: skip


@st.composite
def shapes(draw: DrawFn) -> messages.Shape:
    submit = draw(submits())
    recipe = draw(st.sampled_from(["", submit.recipe]))
    return messages.Shape(
        draw(ids), submit.selection, draw(several(extents)), recipe, submit.engine, submit.prompt,
        submit.negative_prompt, submit.seed, submit.masks, submit.crop, submit.passes,
        draw(several(pictures(draw(sides), draw(sides)), most=1)), draw(st.integers(0, 16384)),
    )  # fmt: skip


@st.composite
def again(draw: DrawFn) -> messages.Again:
    width, height, first = draw(sides), draw(sides), draw(indices)
    mask = pictures(width, height, mask=True)
    job, base = draw(st.lists(ids, min_size=2, max_size=2, unique=True))
    return messages.Again(
        job, base, first, draw(st.just("") | names), draw(st.text(max_size=200)),
        draw(st.text(max_size=200)), draw(seeds), draw(masks), draw(several(specs)),
        draw(st.just(()) | several(mask, first - 1, first - 1)), draw(several(mask, most=1)),
    )  # fmt: skip


@st.composite
def shaped(draw: DrawFn) -> messages.Shaped:
    width, height, count = draw(sides), draw(sides), draw(st.integers(0, 4))
    mask = pictures(width, height, mask=True)
    return messages.Shaped(
        draw(ids), draw(several(mask, count, count)), draw(several(mask, count, count)),
        draw(several(planned)), draw(several(notes)), draw(seconds),
    )  # fmt: skip


@st.composite
def progress(draw: DrawFn) -> messages.Progress:
    steps = draw(st.integers(0, 100_000))
    step = draw(st.integers(0, steps))
    return messages.Progress(draw(ids), draw(indices), step, steps, draw(st.text(max_size=200)))


engines = st.builds(
    messages.EngineInfo, names, st.text(max_size=200), st.integers(0, 8192), st.integers(1, 256),
    several(st.sampled_from(["prompt", "seed", "soft_mask", "strength"])), st.booleans(),
)  # fmt: skip
recipes = st.builds(
    messages.RecipeInfo, names, st.text(max_size=200), st.text(max_size=200), several(specs, 1),
    st.just("") | names, st.booleans(), st.booleans(),
)  # fmt: skip
limits = st.builds(
    messages.Limits, st.integers(1, 2**31 - 1), st.integers(1, 2**40), st.integers(1, 10_000)
)
words = st.text(max_size=200)
notes = st.builds(messages.Note, names, words, st.integers(0, messages.MAX_PASSES), words)
features = several(st.text(max_size=64))

BY_TYPE: dict[str, SearchStrategy[Any]] = {
    "hello": st.builds(messages.Hello, st.text(max_size=40), words, features),
    "welcome": st.builds(
        messages.Welcome, st.text(max_size=40), words, several(engines), several(recipes), limits,
        several(words), features,
    ),
    "offer": st.builds(messages.Offer, several(engines), several(recipes), several(words)),
    "save_recipe": st.builds(messages.SaveRecipe, ids, recipes),
    "delete_recipe": st.builds(messages.DeleteRecipe, ids, names),
    "shape": shapes(),
    "shaped": shaped(),
    "submit": submits(),
    "accepted": st.builds(
        messages.Accepted, ids, names, several(planned), st.integers(0, 1_000_000), seconds
    ),
    "again": again(),
    "waiting": st.builds(messages.Waiting, ids, st.integers(0, 1_000_000)),
    "move": st.builds(messages.Move, ids, st.just("") | ids),
    "progress": progress(),
    "advice": st.builds(messages.Advice, ids, several(notes)),
    "preview": st.builds(messages.Preview, ids, indices, st.binary(min_size=1, max_size=2000)),
    "pass_done": passes_done(),
    "job_done": st.builds(messages.JobDone, ids, st.integers(0, messages.MAX_PASSES), seconds),
    "failed": st.builds(messages.Failed, st.just("") | ids, *[words] * 4, st.just("") | ids),
    "cancel": st.builds(messages.Cancel, ids, st.booleans()),
    "ack": st.builds(messages.Ack, ids, indices, st.booleans()),
    "resume": st.builds(messages.Resume, ids, several(indices)),
    "chunk": st.builds(
        messages.Chunk, st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1),
        st.binary(min_size=1, max_size=2000),
    ),
}  # fmt: skip

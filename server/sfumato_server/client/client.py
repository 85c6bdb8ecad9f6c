"""A synchronous client: picture and selection in, masked passes out.

with Client.connect() as client:
    done = client.inpaint(image, selection, recipe="heal")
    openraster.write(Path("out.ora"), done)
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace

from sfumato_protocol import endpoint, geometry, messages
from sfumato_protocol.blobs import Blob
from sfumato_protocol.errors import ProtocolError

from . import pixels
from .connection import Connection, failure
from .errors import ClientError, ServerUnreachable
from .pixels import Image, Mask
from .result import Inpainted, PassResult

Event = (
    messages.Accepted | messages.Advice | messages.Progress | messages.Preview | messages.PassDone
)
OnEvent = Callable[[Event], None]


class Client:
    """One connection to one server. Not for use by several threads at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @classmethod
    def connect(cls, url: str | None = None, token: str | None = None) -> Client:
        """Connect and greet; `welcome` then tells what the server offers.

        url: the local server's where None. token: the one the local server left where None; it is
        shown to no other machine.
        Raises `ServerUnreachable` with what to do about it.
        """
        token = (token or endpoint.token_for(url or endpoint.url()) or "").strip()
        if not token and url:
            raise ServerUnreachable(
                f"No token for {url}. Give the one in its server's token file, with --token or in "
                "$SFUMATO_TOKEN."
            )
        if not token:
            raise ServerUnreachable(
                f"No token in {endpoint.token_file()}: no server has run here yet. "
                "Start one with: sfumato serve"
            )
        return cls(Connection(url or endpoint.url(), token))

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def welcome(self) -> messages.Welcome:
        """What the server offers: engines, recipes, limits."""
        return self._connection.welcome

    def close(self) -> None:
        """Say goodbye. Jobs under way go on without us."""
        self._connection.close()

    def recipe(self, name: str) -> messages.RecipeInfo:
        """A recipe the server lists. Raises `ClientError` with the names there are."""
        for recipe in self.welcome.recipes:
            if recipe.name == name:
                return recipe
        names = ", ".join(recipe.name for recipe in self.welcome.recipes)
        able = any(engine.draws for engine in self.welcome.engines)
        hint = "" if able else " Recipes that draw a face need a model: sfumato models add."
        raise ClientError(f"got the recipe {name!r}; expected one of {names}.{hint}")

    def shape(
        self, selection: Mask, extents: Sequence[geometry.Extent]
    ) -> tuple[tuple[Mask, Mask], ...]:
        """(D, A) for each extent: denoise and blend mask of a selection (H, W) uint8."""
        blob = pixels.mask_blob(self._connection.next_blob_id(), selection)
        request = uuid.uuid4().hex
        self._connection.say(messages.Shape(request, blob.info, tuple(extents)), (blob,))
        while True:
            received = self._connection.receive()
            if isinstance(received.message, messages.Shaped):
                if received.message.request == request:
                    masks = [pixels.array(mask) for mask in received.blobs]
                    half = len(extents)
                    return tuple(zip(masks[:half], masks[half:], strict=True))
            elif isinstance(received.message, messages.Failed):
                raise failure(received.message)

    def inpaint(
        self,
        image: Image,
        selection: Mask,
        *,
        recipe: str = "heal",
        prompt: str = "",
        negative_prompt: str = "",
        seed: int = 0,
        engine: str = "",
        masks: geometry.MaskSettings | None = None,
        passes: Sequence[messages.PassSpec] = (),
        on_event: OnEvent | None = None,
    ) -> Inpainted:
        """Run a recipe over the selected part of a picture and wait for all its passes.

        image: (H, W, 3 or 4), uint8 or uint16, sRGB. selection: (H, W) uint8, coverage.
        masks: lengths in px; from the picture's and the selection's size where None. passes:
        instead of the recipe's. on_event: called for each `Accepted`, `Advice`, `Progress`,
        `Preview` and `PassDone`. Interrupting the call cancels the job.

        Raises `ValueError` for a wrong picture, `ClientError` for an unlisted recipe or a selection
        too long to be sent, `JobFailed` with the server's sentence, `ServerUnreachable`.
        """
        pixels.checked(image, selection)
        specs = tuple(passes) or self.recipe(recipe).passes
        crop, masks = _context(image, selection, specs, masks)
        blobs = self._blobs(pixels.cut(image, crop), pixels.cut(selection, crop))
        submit = messages.Submit(
            job=uuid.uuid4().hex, recipe=recipe, engine=engine, prompt=prompt,
            negative_prompt=negative_prompt, seed=seed, masks=masks, crop=crop,
            image=blobs[0].info, selection=blobs[1].info, passes=tuple(passes),
        )  # fmt: skip
        return self._run(Inpainted(submit, engine, image, selection), blobs, on_event or _ignore)

    def _blobs(self, image: Image, selection: Mask) -> tuple[Blob, Blob]:
        picture = pixels.image_blob(self._connection.next_blob_id(), image)
        return picture, pixels.mask_blob(self._connection.next_blob_id(), selection)

    def _run(self, job: Inpainted, blobs: tuple[Blob, ...], on_event: OnEvent) -> Inpainted:
        try:
            self._connection.say(job.submit, blobs)
            return self._follow(job, on_event)
        except (ClientError, ProtocolError):
            raise
        except BaseException:
            with contextlib.suppress(ClientError, ProtocolError):
                self._connection.say(messages.Cancel(job.submit.job))
            raise

    def _follow(self, job: Inpainted, on_event: OnEvent) -> Inpainted:
        """Listen until the job ends; acknowledge each pass once it is here."""
        while True:
            received = self._connection.receive()
            message = received.message
            if isinstance(message, messages.Failed) and message.job in ("", job.submit.job):
                raise failure(message)
            if getattr(message, "job", "") != job.submit.job:
                continue
            if isinstance(message, messages.JobDone):
                return replace(job, seconds=message.seconds)
            if isinstance(message, messages.Accepted):
                job = replace(job, engine=message.engine)
            if isinstance(message, messages.PassDone):
                job = replace(job, passes=(*job.passes, _pass(message, received.blobs)))
                self._connection.say(messages.Ack(job.submit.job, message.planned.index))
            if isinstance(message, Event):
                on_event(message)


def _context(
    image: Image,
    selection: Mask,
    specs: Sequence[messages.PassSpec],
    masks: geometry.MaskSettings | None,
) -> tuple[geometry.Rect, geometry.MaskSettings]:
    """The context crop of a job, and its mask lengths."""
    canvas = geometry.Rect(0, 0, image.shape[1], image.shape[0])
    selected = pixels.bounds(selection)
    if selected.empty:
        raise ValueError("got a selection without a selected pixel; expected at least one")
    masks = masks or geometry.default_masks(canvas, selected)
    extents = [geometry.pass_extent(s.zone, s.feather, s.width, masks) for s in specs]
    return geometry.context_crop(selected, canvas, extents), masks


def _pass(message: messages.PassDone, blobs: tuple[Blob, ...]) -> PassResult:
    result, mask = (pixels.array(blob) for blob in blobs)
    return PassResult(
        message.planned,
        message.area,
        result,
        mask,
        message.seconds,
        figures={figure.name: figure.value for figure in message.figures},
        words={figure.name: figure.word for figure in message.figures if figure.word},
        sentences={
            **{figure.name: figure.sentence for figure in message.figures if figure.sentence},
            **{note.rule: note.sentence for note in message.unmeasured},
        },
    )


def _ignore(event: Event) -> None:
    del event

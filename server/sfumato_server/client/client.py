"""A synchronous client: picture and selection in, masked passes out.

with Client.connect() as client:
    done = client.inpaint(image, selection, recipe="heal")
    openraster.write(Path("out.ora"), done)

Or step by step, where nothing may be lost even if this process is:

    job = client.prepare(image, selection, recipe="heal")
    ...                                  # remember job.submit.job, its id
    done = client.run(job)               # later, and elsewhere: client.resume(job)
    openraster.write(Path("out.ora"), done)
    client.acknowledge(done)             # until then the server keeps the passes

And to look first, or to do better:

    planned = client.plan(job)           # its passes, masks, advice and time
    other = client.run(client.again(done, 2, seed=5))  # pass 1 is not run again
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Sequence
from dataclasses import replace

from sfumato_protocol import endpoint, geometry, messages, offers
from sfumato_protocol.blobs import MAX_SIDE
from sfumato_protocol.errors import ProtocolError

from . import pixels, planning
from .colour import Colour
from .conversation import Conversation, Event, Look, OnEvent
from .errors import ClientError, ServerUnreachable
from .pixels import Image, Mask
from .result import Inpainted, Repeat

__all__ = ["Client", "Event", "Look", "OnEvent"]


class Client:
    """A conversation with one server, over another connection where one is lost. Not for use by
    several threads at a time."""

    def __init__(self, url: str, token: str) -> None:
        self._talk = Conversation(url, token)

    @property
    def job(self) -> Inpainted | None:
        """The last job that was run or resumed, as far as it is known: what has come of it is there
        whatever ended the call."""
        return self._talk.job

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
                f"No token for {url}. Give the one in its server's token file, with --token-file "
                "or in $SFUMATO_TOKEN."
            )
        if not token:
            raise ServerUnreachable(
                f"No token in {endpoint.token_file()}: no server has run here yet. "
                "Start one with: sfumato serve"
            )
        return cls(url or endpoint.url(), token)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def welcome(self) -> messages.Welcome:
        """What the server offers: engines, recipes, limits."""
        return self._talk.connection.welcome

    def close(self) -> None:
        """Say goodbye. Jobs under way go on without us."""
        self._talk.connection.close()

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
        return planning.shape(self._talk.connection, selection, extents)

    def plan(self, job: Inpainted, longest: int = 0) -> planning.Planned:
        """What a prepared job would be, without handing it in: its passes, their masks, advice and
        the time it takes. longest: reduce masks to that many px a side, 0 for the crop's size.

        Raises `JobFailed` where it could not be done, `ClientError` for a server that is too old.
        """
        return planning.plan(self._talk.connection, job, longest)

    def again(
        self,
        base: Inpainted,
        first: int,
        *,
        seed: int | None = None,
        prompt: str | None = None,
        negative_prompt: str | None = None,
        engine: str | None = None,
        masks: geometry.MaskSettings | None = None,
        passes: Sequence[messages.PassSpec] = (),
        earlier: Sequence[Mask] = (),
    ) -> Inpainted:
        """A job like `base`, which was run and is not acknowledged, or acknowledged to be kept,
        from pass `first` on. Passes before it are not run again. Hand it in with `run`.

        What is None is as in `base`. passes: the whole ladder, () for that of `base`. earlier: the
        masks A of the passes before `first`, each in its own size, where they were changed. Raises
        `ClientError` for a server that is too old.
        """
        planning.require(self._talk.connection, offers.AGAIN, "how to do a job again")
        changes = {
            "seed": seed, "prompt": prompt, "negative_prompt": negative_prompt, "engine": engine,
            "masks": masks, "passes": tuple(passes) or None,
        }  # fmt: skip
        given = {name: value for name, value in changes.items() if value is not None}
        submit = replace(base.submit, job=uuid.uuid4().hex, **given)  # type: ignore[arg-type]
        repeat = Repeat(base.submit.job, first, tuple(earlier))
        return replace(
            base, submit=submit, repeat=repeat, engine=submit.engine, passes=(), plan=(),
            advice=(), seconds=0.0, ended="",
        )  # fmt: skip

    def prepare(
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
        colour: Colour | None = None,
    ) -> Inpainted:
        """A job of which no server has heard yet, with its id; arguments as of `inpaint`.

        Raises `ValueError` for a wrong picture, `ClientError` for an unlisted recipe or a selection
        too long to be sent.
        """
        pixels.checked(image, selection)
        colour = colour or Colour()
        specs = tuple(passes) or self.recipe(recipe).passes
        crop, masks = _context(image, selection, specs, masks, self.welcome.limits)
        submit = messages.Submit(
            job=uuid.uuid4().hex, recipe=recipe, engine=engine, prompt=prompt,
            negative_prompt=negative_prompt, seed=seed, masks=masks, crop=crop,
            image=pixels.image_blob(1, pixels.cut(image, crop), colour.profile).info,
            selection=pixels.mask_blob(2, pixels.cut(selection, crop)).info, passes=tuple(passes),
        )  # fmt: skip
        server = self.welcome.server
        return Inpainted(submit, engine, image, selection, server=server, colour=colour)

    def run(self, job: Inpainted, on_event: OnEvent | None = None) -> Inpainted:
        """Hand a job in and wait for all its passes; handing in one twice does the work once.

        A lost connection is opened again, for `PATIENCE` s, and the job resumed. The passes stay
        with the server until `acknowledge`. on_event: called for each `Accepted`, `Advice`,
        `Progress`, `Preview` and `PassDone`. Raises `JobFailed` with the server's sentence,
        `ServerUnreachable`, `WrongAnswer`, `ProtocolError`; `self.job` then has what came before.
        """
        return self._talk.follow(job, on_event or _ignore, known=False)

    def resume(self, job: Inpainted, on_event: OnEvent | None = None) -> Inpainted:
        """Wait for the passes of a job that was handed in before, by this process or another.

        job: as it was prepared, or a part of it done. Where the server does not know it, it is
        handed in again. Otherwise as `run`.
        """
        return self._talk.follow(job, on_event or _ignore, known=True)

    def look(self, job_id: str, silence: float = 0.5) -> Look:
        """How a job stands that was handed in before, without waiting for it; its passes stay.

        silence: s without a word after which nothing more is expected. Whoever waited for the job
        on another connection hears no more of it. Raises `ServerUnreachable`; `JobFailed` if it has
        failed or the server does not know it.
        """
        return self._talk.look(job_id, silence)

    def gather(self, job: Inpainted, silence: float = 0.3) -> Inpainted:
        """`job` with all its passes that the server has by now, without waiting for more; for a
        call of `run` or `resume` that was interrupted. Raises nothing: what cannot be had is
        left."""
        return self._talk.gather(job, silence)

    def acknowledge(self, job: Inpainted, keep: bool = False) -> None:
        """The passes of `job` are safe: the server may forget them. keep: it had better not, for
        `again`, as long as it has room; one that is too old forgets. Raises
        `ServerUnreachable`."""
        self._talk.acknowledge(job, keep)

    def cancel(self, job_id: str) -> None:
        """Stop a job: the server forgets it with all its passes. Raises `ServerUnreachable`."""
        self._talk.cancel(job_id)

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
        colour: Colour | None = None,
        on_event: OnEvent | None = None,
    ) -> Inpainted:
        """Run a recipe over the selected part of a picture and wait for all its passes.

        image: (H, W, 3 or 4), uint8 or uint16, as `colour` says, sRGB where None. selection:
        (H, W) uint8, coverage. masks: lengths in px; from the picture's and the selection's size
        where None. passes: instead of the recipe's. Once this returns, the server forgets them;
        interrupting the call cancels the job. Raises as `prepare` and `run` do.
        """
        job = self.prepare(
            image, selection, recipe=recipe, prompt=prompt, negative_prompt=negative_prompt,
            seed=seed, engine=engine, masks=masks, passes=passes, colour=colour,
        )  # fmt: skip
        try:
            done = self.run(job, on_event)
        except (ClientError, ProtocolError):
            raise
        except BaseException:
            with contextlib.suppress(ClientError, ProtocolError):
                self.cancel(job.submit.job)
            raise
        self.acknowledge(done)
        return done


def _context(
    image: Image,
    selection: Mask,
    specs: Sequence[messages.PassSpec],
    masks: geometry.MaskSettings | None,
    limits: messages.Limits,
) -> tuple[geometry.Rect, geometry.MaskSettings]:
    """The context crop of a job, reduced to what the server takes, and its mask lengths."""
    canvas = geometry.Rect(0, 0, image.shape[1], image.shape[0])
    selected = pixels.bounds(selection)
    if selected.empty:
        raise ValueError("got a selection without a selected pixel; expected at least one")
    masks = masks or geometry.default_masks(canvas, selected)
    extents = [geometry.pass_extent(s.zone, s.feather, s.width, masks) for s in specs]
    most = limits.crop_pixels
    return geometry.context_crop(selected, canvas, extents, most, MAX_SIDE), masks


def _ignore(event: Event) -> None:
    del event

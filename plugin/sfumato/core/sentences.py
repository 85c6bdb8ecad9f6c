"""Every sentence the plugin says to the artist: what is the matter and what to do."""

from typing import Sequence
from urllib.parse import urlsplit

from sfumato_protocol import VERSION

from .words import several, tr


def not_connected() -> str:
    """There is no server yet."""
    return tr("Not connected to a Sfumato server.")


def connecting() -> str:
    """The server is looked for."""
    return tr("Looking for the Sfumato server…")


def busy() -> str:
    """A click while another one is worked on."""
    return tr("Krita is still working on the last click; try again in a moment.")


def stroke() -> str:
    """Passes that wait for the artist."""
    return tr(
        "The passes are ready and go in as soon as the current stroke, filter or transform ends."
    )


def cancelled() -> str:
    """A job that was cancelled."""
    return tr("Cancelled; the document was not changed.")


def discarded() -> str:
    """Kept passes that are given up."""
    return tr("The kept passes are discarded.")


def no_place() -> str:
    """Kept passes, and no picture open."""
    return tr(
        "No picture is open: open the one that the kept passes were made for and press “Insert "
        "again”, or press “Insert as new document”."
    )


def sending() -> str:
    """A job that is on its way."""
    return tr("Sending the selection and its surroundings…")


def no_document() -> str:
    """A click without a picture."""
    return tr("No picture is open: open one, select what should change, and click again.")


def no_selection() -> str:
    """A click without a selection."""
    return tr("Nothing is selected: select what should change and click again.")


def empty_selection() -> str:
    """A click with nothing selected."""
    return tr("The selection is empty: select what should change and click again.")


def off_canvas() -> str:
    """A selection beside the picture."""
    return tr("The selection lies outside the canvas: move it onto the picture and click again.")


def painting() -> str:
    """A click while Krita is at work."""
    return tr(
        "Krita is at work on this picture: wait for the stroke to end, or apply or close the "
        "filter or transform, and click again."
    )


def no_pass() -> str:
    """A job that ended without a pass."""
    return tr("The server finished without any pass.")


def recalled() -> str:
    """A job of an earlier run of Krita."""
    return tr("A job from an earlier session is asked for again.")


def no_record() -> str:
    """A layer that is not ours."""
    return tr(
        "The active layer comes from no Sfumato job of this picture: pick a layer in a Sfumato "
        "group, or the group, and try again."
    )


def reconnecting() -> str:
    """A job whose connection is lost."""
    return tr("The connection was lost; the job goes on when the server answers again.")


def _places() -> str:
    return tr(
        "“Insert again” puts the layers into that picture, or into one of the same size that you "
        "choose, “Insert as new document” into one of their own."
    )


def no_server(address: str) -> str:
    """Nothing listens at the address."""
    return tr("No Sfumato server answers at {}. Start it in a terminal: sfumato serve").format(
        address
    )


def wrong_token(address: str, own_token: bool) -> str:
    """The server turned the token down; own_token: it was typed in, not read from the file (which
    is shown to this computer's servers alone)."""
    if own_token:
        refused_it = tr("The server at {} refused the token in Server settings.")
    else:
        refused_it = tr("The server at {} refused the token file of this computer.")
    remedy = tr("Enter the one in the file that it names when it starts.")
    return "{} {}".format(refused_it.format(address), remedy)


def wrong_version(got: str) -> str:
    """Server and plugin speak different protocols."""
    return tr("The server speaks {}, this plugin {}. Update the older of the two.").format(
        got, VERSION
    )


def refused(address: str, status: int) -> str:
    """An HTTP answer that is not a WebSocket."""
    if status == 403:
        return tr(
            "The server at {} does not accept this address: start it with --allow-host {}."
        ).format(address, urlsplit(address).hostname)
    if status == 429:
        return tr(
            "The server at {} heard too many wrong tokens; it listens again in a minute."
        ).format(address)
    return tr("What answers at {} is no Sfumato server (HTTP {}). Check the address.").format(
        address, status
    )


def not_sfumato(address: str) -> str:
    """Something answers that does not speak the protocol."""
    return tr("What answers at {} does not speak {}. Check the address.").format(address, VERSION)


def bad_address(address: str) -> str:
    """The address cannot be one."""
    return tr("“{}” is no server address; it looks like ws://127.0.0.1:9440/sfumato.").format(
        address
    )


def insecure(address: str, reason: str) -> str:
    """TLS could not be agreed."""
    return tr("No secure connection to {}: {}.").format(address, reason)


def lost(reason: str) -> str:
    """An open connection ended."""
    if reason:
        return tr("The connection to the server was lost ({}); trying again.").format(reason)
    return tr("The connection to the server was lost; trying again.")


def connected(server: str) -> str:
    """The server said welcome."""
    return tr("Connected to {}.").format(server)


def left_out(offers: int) -> str:
    """Recipes or engines of the server that this plugin does not understand, told beside it."""
    return several(
        offers,
        "1 of its offers is not understood and left out: update the plugin.",
        "{} of its offers are not understood and left out: update the plugin.",
    ).format(offers)


def no_recipe(name: str, known: Sequence[str]) -> str:
    """The chosen recipe is not offered (any more)."""
    if not known:
        return tr("The server offers no recipes. Check its recipes folder.")
    return tr("The server has no recipe “{}”; choose one of {}.").format(name, ", ".join(known))


def recipe_not_offered(name: str, instead: str) -> str:
    """The recipe that was chosen last is not offered here; another one is chosen."""
    return tr("The recipe “{}” is not offered here, so “{}” is chosen instead.").format(
        name, instead
    )


def engine_not_offered(name: str, instead: str) -> str:
    """The engine that was chosen last is not offered here. instead: the recipe's own, if any."""
    if not instead:
        return tr("The engine “{}” is not offered here.").format(name)
    return tr("The engine “{}” is not offered here, so the recipe runs on {}.").format(
        name, instead
    )


def cannot_draw(engine: str) -> str:
    """The recipe is for drawing and the engine cannot."""
    return tr(
        "{} copies and grades what is in the picture; it cannot draw a face. "
        "Choose a model as engine."
    ).format(engine)


def draws_anew(made_for: str, engine: str) -> str:
    """The recipe is for an engine that keeps to what is there, and the chosen one draws."""
    return tr("This recipe is made for {}; {} will draw something new.").format(made_for, engine)


def no_engine(name: str, listed: Sequence[str]) -> str:
    """The chosen engine, or the recipe's own, is not among the server's."""
    return tr("The server has no engine “{}”; choose one of: {}.").format(name, ", ".join(listed))


def too_many_jobs(limit: int) -> str:
    """The server takes no more from this client."""
    return tr("{} jobs are under way already. Wait for one to end or cancel it.").format(limit)


def too_large(pixels: int, limit: int) -> str:
    """The context crop passes the server's limit."""
    return tr(
        "The selection and what its masks reach are {:.1f} megapixels, and the server takes "
        "at most {:.1f}: make the selection smaller."
    ).format(pixels / 1e6, limit / 1e6)


def too_long(side: int, limit: int) -> str:
    """A side of the context crop passes the protocol's limit."""
    return tr(
        "The selection and its surroundings are {} px long, and at most {} px can be sent: "
        "make the selection shorter."
    ).format(side, limit)


def too_many_places(places: int, limit: int) -> str:
    """A selection of parts that are too far apart for one crop, and too many for one click."""
    return tr(
        "The selection lies in {} places far apart, and the server takes at most {} more at once: "
        "select fewer of them."
    ).format(places, limit)


def far_places(places: int) -> str:
    """The parts of a selection are too far apart for one crop."""
    return tr(
        "The selection lies in {} places, too far apart to be sent as one; each is done by itself, "
        "and all go in together."
    ).format(places)


def less_context(limit: int) -> str:
    """The context crop was reduced to what the server takes."""
    return tr(
        "The selection is so large that less of its surroundings is sent than usual: the server "
        "takes at most {:.1f} megapixels."
    ).format(limit / 1e6)


def unsupported_colour(model: str, depth: str, profile: str) -> str:
    """A colour space that cannot be worked on yet, named as Krita names it."""
    return tr(
        "This picture is {} {} with the profile “{}”, and Sfumato works on RGBA with 8 or 16 bits "
        "in sRGB or linear sRGB: convert it with Image > Convert Image Color Space and click "
        "again."
    ).format(model, depth, profile)


def waiting(ahead: int) -> str:
    """Accepted by the server, not begun."""
    if ahead == 0:
        return tr("The server has the job and begins.")
    return several(ahead, "Waiting; 1 job runs first.", "Waiting; {} jobs run first.").format(ahead)


def running(index: int, total: int, note: str) -> str:
    """A pass is under way."""
    if note:
        return tr("Pass {} of {}: {}").format(index, total, note)
    return tr("Pass {} of {}…").format(index, total)


def finished(passes: int, group: str) -> str:
    """The layers are in the document."""
    return several(
        passes,
        "{} pass is in the document as “{}”.",
        "{} passes are in the document as “{}”.",
    ).format(passes, group)


def partly(done: int, planned: int, reason: str) -> str:
    """The job ended early and what was finished is used."""
    return tr("{} of {} passes: {}").format(done, planned, reason)


def document_gone(passes: int, title: str) -> str:
    """The job's document was closed. title: its file name and size."""
    said = several(
        passes,
        "The job's document was closed ({}); {} finished pass is kept.",
        "The job's document was closed ({}); {} finished passes are kept.",
    ).format(title, passes)
    return "{} {}".format(said, _places())


def finished_earlier(jobs: int, title: str) -> str:
    """Jobs of an earlier run of Krita have arrived. title: of the document of the last one."""
    said = several(
        jobs,
        "{} job from an earlier session is finished ({}).",
        "{} jobs from an earlier session are finished ({}).",
    ).format(jobs, title)
    return "{} {}".format(said, _places())


def forgotten(title: str) -> str:
    """The server knows nothing of a job of an earlier run of Krita."""
    return tr(
        "The server no longer has a job from an earlier session ({}); "
        "select again and click to do it anew."
    ).format(title)


def other_size(width: int, height: int) -> str:
    """Kept passes do not fit the active document."""
    return tr(
        "The kept passes belong to a document of {} × {} px; open that and try again."
    ).format(width, height)


def other_colour(model: str, depth: str, profile: str) -> str:
    """Kept passes are in another colour space than the active document."""
    return tr("The kept passes are in {} {} ({}); open a document in that colour space.").format(
        model, depth, profile
    )


def insertion_failed(reason: str) -> str:
    """Krita could not take the layers."""
    return tr("The passes could not be inserted ({}). They are kept; press “Insert again”.").format(
        reason
    )


def wrong_result(got: str, expected: str) -> str:
    """A pass that does not fit what was sent."""
    return tr("The server sent {}, expected {}; the pass was not used.").format(got, expected)


def elsewhere(address: str) -> str:
    """An open job belongs to another server than the one that is connected."""
    return tr(
        "This job is with the server at {} and waits until you connect to that again."
    ).format(address)


def unreadable_record(reason: str) -> str:
    """A document's annotation is no record of a job."""
    return tr("The record of this layer's job cannot be used: {}").format(reason.rstrip(".") + ".")


# Documents: which one, as it was or not, and when its layers are safe.


def closed() -> str:
    """A picture that was closed."""
    return tr("The picture was closed meanwhile.")


def isolated() -> str:
    """A layer that is isolated."""
    return tr(
        "One layer is isolated, so the rest of the picture cannot be seen: switch Layer > "
        "Isolate Active Layer off and click again."
    )


def animated() -> str:
    """A picture with frames."""
    return tr(
        "This picture is animated, and the new layers will lie over all of its frames: click "
        "again if that is what you want."
    )


def new_document() -> str:
    """A place for kept passes."""
    return tr("A new document")


def changed(title: str) -> str:
    """A job's document has another size or colour space than at the click."""
    return tr(
        "The picture's size or colour space changed while the job ran ({}). Its passes are kept: "
        "undo that and press “Insert again”, or “Insert as new document”."
    ).format(title)


def moved(title: str) -> str:
    """A job's document looks different where its passes would go."""
    return tr(
        "Round the selection the picture no longer looks as it did at the click ({}), so the "
        "passes may not fit. They are kept: undo the change and press “Insert again”, or press it "
        "and choose."
    ).format(title)


def which_passes(group: str, title: str) -> str:
    """Asks for a place. title: file name and size of the document they were asked for."""
    return tr("Where do the passes “{}” go? They were made for {}.").format(group, title)


def place(name: str, in_front: bool, alike: bool) -> str:
    """A document to choose. alike: it looks as the one did that the passes were asked for."""
    notes = [tr("in front")] if in_front else []
    notes += [] if alike else [tr("does not look like it")]
    return "{} ({})".format(name, ", ".join(notes)) if notes else name


def there_already(name: str) -> str:
    """A document that was opened, or that Krita recovered, holds passes that were missed."""
    return tr("The passes from an earlier session are in {} already.").format(name)


def discard(jobs: int) -> str:
    """Asks whether kept passes are to be given up."""
    return tr("Discard the kept passes of {}? They cannot be had again.").format(_jobs(jobs))


def kept(titles: Sequence[str]) -> str:
    """What waits for a place. titles: of the document of each job."""
    made_for = list(dict.fromkeys(titles))
    more = [tr("{} more").format(len(made_for) - 2)] if len(made_for) > 3 else []
    named = "; ".join(made_for[: 2 if more else 3] + more)
    return tr("The passes of {} are kept, made for {}.").format(_jobs(len(titles)), named)


def _jobs(number: int) -> str:
    return several(number, "1 job", "{} jobs").format(number)


def no_pass_is_on() -> str:
    """A click with a ladder of which no pass runs."""
    return tr("Every pass of the ladder is switched off: switch at least one on and click again.")


def layers_gone() -> str:
    """What the artist asked something for is no longer in the picture."""
    return tr("These layers are no longer in the picture.")


def astray() -> str:
    """Result layers lie on top, for want of the layer that they were made for."""
    return tr("The layer that they belong above is gone, so they lie on top of all.")


def cannot_merge() -> str:
    """A group that is more than passes over each other."""
    return tr(
        "Only layers of pixels in normal mode, one over the other and shown, become one layer."
    )

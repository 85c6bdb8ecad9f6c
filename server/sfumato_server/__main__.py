"""The `sfumato` command: its words and options. What they do is imported when they are used."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from . import __version__

_EPILOGUE = """\b
A first session, with Krita on this machine:
  sfumato install-plugin     then enable Sfumato in Krita: Settings, Python Plugin Manager
  sfumato serve              leave it running; Krita finds it by itself

\b
Without Krita:
  sfumato inpaint photo.png --selection ellipse:420,310,120,160 --recipe heal --out healed.ora

Something does not work? `sfumato doctor` looks at everything and prints what to paste.
"""


def _token(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a command that talks to a server."""
    seen = click.option(
        "--token", help="Its token, which other users of this computer can see: rather use "
        "--token-file or $SFUMATO_TOKEN."
    )  # fmt: skip
    file = click.option(
        "--token-file", type=click.Path(path_type=Path), help="File with its token, or set "
        "$SFUMATO_TOKEN; a server on this computer needs neither."
    )  # fmt: skip
    return file(seen(command))


@click.group(epilog=_EPILOGUE, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sfumato")
def main() -> None:
    """Sfumato inpaints what is selected: a ladder of passes, each a masked layer."""


@main.command(short_help="Run the server that Krita and `sfumato inpaint` talk to.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port", default=9440, show_default=True, type=click.IntRange(0, 65535),
    help="0 takes any free port. Clients look at 9440 unless told another.",
)  # fmt: skip
@click.option(
    "--home", type=click.Path(path_type=Path), help="Folder of token, recipes, models and spool."
)
@click.option(
    "--allow-host", multiple=True, metavar="NAME", help="Name clients may call this machine by."
)
@click.option(
    "--engine",
    "engines",
    multiple=True,
    metavar="MODULE:CLASS",
    help="Engine to offer instead of the built-in ones; the first is the default.",
)
@click.option("--tls-cert", type=click.Path(path_type=Path), help="Certificate chain, PEM.")
@click.option("--tls-key", type=click.Path(path_type=Path), help="Its key, PEM.")
@click.option("--new-token", is_flag=True, help="Make a new token first; the old one is void.")
@click.option("--log-json", is_flag=True, help="Log one JSON object a line.")
@click.option("--verbose", "-v", is_flag=True, help="Log every connection and job.")
def serve(**options: Any) -> None:
    """Run the server until Ctrl-C.

    Clients on this machine find it by themselves: the token they must show lies in a file that
    only you can read. Engines are loaded when the first job needs them.

    \b
    Examples:
      sfumato serve
      sfumato serve --host 0.0.0.0 --allow-host studio.local \\
              --tls-cert studio.pem --tls-key studio.key      for clients elsewhere
    """
    from .cli import serve

    sys.exit(serve.run(**options))


@main.command(short_help="Inpaint a part of an image file on a running server.")
@click.argument("image", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--selection", required=True, metavar="FILE|SHAPE", help="Mask image, white is selected, "
    "or ellipse:x,y,width,height or rect:x,y,width,height in px."
)  # fmt: skip
@click.option("--recipe", default="heal", show_default=True, help="Ladder to run, see above.")
@click.option("--prompt", default="", help="What the region should show, for engines that read.")
@click.option("--negative-prompt", default="", help="What it should not.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0, 2**32 - 1))
@click.option("--engine", default="", help="A listed engine instead of the recipe's.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Layered file, .ora; "
    "by default beside the image, under a name that is free."
)  # fmt: skip
@click.option("--png", is_flag=True, help="Write the flattened picture too, as .png.")
@click.option("--sheet", is_flag=True, help="Write a contact sheet too, as .sheet.png.")
@click.option("--overwrite", is_flag=True, help="Replace files that are there under these names.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done, with advice and time.")
@click.option("--url", help="Server elsewhere, ws://host:port/sfumato.")
@_token
def inpaint(image: Path, selection: str, out: Path | None, **choices: object) -> None:
    """Inpaint the selected part of IMAGE and write a layered OpenRaster file.

    The file holds the original and one masked layer for each pass; Krita and GIMP open it. Pixels
    outside the masks are never touched; depth, colour profile, EXIF and dpi stay. No file is
    replaced without --overwrite. Ctrl-C cancels the job and writes the passes that are finished.

    \b
    Recipes, which `sfumato recipes` lists with your own:
      heal                removes spots, scratches and objects with texture from near by
      artefact-fix        corrects what is wrong; without a model, light and colour only
      seam                closes a hard edge and levels its light
      face-swap-boundary  levels light and colour of a pasted region and closes its edge
      expression          changes an expression; needs a model
      face-replace        draws another face; needs a model

    \b
    Examples:
      sfumato inpaint photo.png --selection mask.png --recipe seam
      sfumato inpaint face.tif --selection ellipse:420,310,120,160 \\
              --recipe face-swap-boundary --seed 7 --out face.ora --png

    \b
    It exits with
      0  all is written
      1  a mistake, which is said: nothing is written
      2  a wrong option
      3  the job ended early; its finished passes are written
      4  the server is gone; the job goes on, see `sfumato fetch`
      129, 130, 143  stopped by SIGHUP, Ctrl-C, SIGTERM; finished passes are written
    """
    from .cli import inpaint

    sys.exit(inpaint.run(image, selection, out, choices))


@main.command(short_help="List the jobs that were handed in from here and are not yet written.")
@click.option("--url", help="Only those of this server.")
@click.option("--forget", metavar="JOB", help="Cancel this one at its server, and forget it.")
@_token
def jobs(url: str | None, forget: str | None, token: str | None, token_file: Path | None) -> None:
    """List what `sfumato inpaint` handed in and could not write, and how it stands.

    Each job's server is asked. `sfumato fetch JOB` brings one.
    """
    from .cli import jobs as command

    if forget is not None:
        sys.exit(command.forget(forget, token, token_file))
    sys.exit(command.show(url, token, token_file))


@main.command(short_help="Bring a job that was handed in before, and write its files.")
@click.argument("job")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Layered file, .ora; by default "
    "the one that was asked for, or one beside it under a name that is free."
)  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace files that are there under these names.")
@click.option(
    "--image", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The picture, where it lies elsewhere by now.",
)  # fmt: skip
@click.option("--url", help="Its server, where that has another address by now.")
@_token
def fetch(job: str, **choices: Any) -> None:
    """Wait for JOB, its id or the first digits of it, and write what `sfumato inpaint` would have.

    Its passes stay with the server until they are written. It exits as `sfumato inpaint` does.
    """
    from .cli import jobs as command

    sys.exit(command.fetch(job, **choices))


@main.command(short_help="List the recipes: what they do, and what they need.")
@click.option("--home", type=click.Path(path_type=Path), help="Sfumato's own folder.")
def recipes(home: Path | None) -> None:
    """List the recipes, yours among them, with the passes of each.

    One that draws what is not in the picture needs a model: the built-in engine copies and grades
    what is there. It is offered once there is a model, see `sfumato models`.
    """
    from .cli import recipes as command

    sys.exit(command.show(home))


@main.command(short_help="Print what the jobs in a picture were made with.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def provenance(file: Path) -> None:
    """Print the record of every Sfumato job in FILE: recipe, prompts, seed, plan, figures.

    FILE is a .kra, or an .ora or .png that `sfumato inpaint` wrote.

    One JSON object for each job. Krita need not be installed.

    \b
    Example:
      sfumato provenance portrait.kra
    """
    from .cli import provenance

    sys.exit(provenance.run(file))


@main.command("install-plugin", short_help="Put the plugin into Krita's resource folder.")
@click.option(
    "--resources",
    type=click.Path(file_okay=False, path_type=Path),
    help="Krita's resource folder, where it is not in its usual place.",
)
def install_plugin(resources: Path | None) -> None:
    """Put the plugin into Krita's resource folder and enable it.

    \b
    Krita's folder is, where you have not moved it:
      Linux    ~/.local/share/krita      macOS  ~/Library/Application Support/Krita
      Windows  %APPDATA%\\krita
    Krita itself shows it under Settings, Manage Resources, Open Resource Folder.
    """
    from .cli import install_plugin

    sys.exit(install_plugin.install(resources))


@main.group(short_help="Your own models: list them, add one.")
def models() -> None:
    """Models lie in a folder that the server looks at when it starts.

    It is `models` in Sfumato's own folder; LoRAs lie in its sub-folder `loras`. Put a diffusers
    folder or a .safetensors file there, or name one that lies elsewhere with `sfumato models add`.
    """


@models.command("list")
@click.option("--home", type=click.Path(path_type=Path), help="Sfumato's own folder.")
def list_models(home: Path | None) -> None:
    """List the models, and what in their folder cannot be used and why."""
    from .cli import models as command

    sys.exit(command.show(home))


@models.command("add")
@click.argument("place")
@click.option("--name", help="To list it by; by default that of its file.")
@click.option("--home", type=click.Path(path_type=Path), help="Sfumato's own folder.")
@click.option("--hub", is_flag=True, help="PLACE is a name on the Hugging Face hub: download it.")
@click.option("--variant", default="", help="With --hub: weights of this kind only, fp16 say.")
def add_model(place: str, name: str | None, home: Path | None, hub: bool, variant: str) -> None:
    """Make the model at PLACE known, a diffusers folder or a .safetensors file.

    \b
    Examples:
      sfumato models add ~/models/dreams.safetensors
      sfumato models add --hub stable-diffusion-v1-5/stable-diffusion-inpainting --variant fp16
    """
    from .cli import models as command

    sys.exit(command.add(place, name, home, hub, variant))


@main.command(short_help="Look at everything and print what to paste into a question.")
@click.option("--no-self-test", is_flag=True, help="Look only; run no job.")
def doctor(no_self_test: bool) -> None:
    """Check Python, packages, engines, server, token and Krita's plugin, and run a small job.

    Nothing secret is printed. The exit status is 1 when something needed is missing.
    """
    from .cli import doctor

    sys.exit(doctor.run(self_test=not no_self_test))


if __name__ == "__main__":
    main()

"""What is said of recipes that a server keeps."""

from .words import tr


def saved(title: str) -> str:
    """It is kept."""
    return tr("The server keeps the recipe “{}”.").format(title)


def deleted(title: str) -> str:
    """It is gone."""
    return tr("The recipe “{}” is deleted.").format(title)


def not_kept(title: str, why: str) -> str:
    """A server did not do what was asked of a recipe. why: its own words."""
    return tr("The recipe “{}” stays as it was. {}").format(title, why)


def lost(title: str) -> str:
    """The connection ended before the server had answered."""
    return tr("Whether the recipe “{}” was kept is not known: the connection is lost.").format(
        title
    )


def replace_it(title: str) -> str:
    """Asks whether a recipe is to be replaced."""
    return tr("There is a recipe “{}” already. Replace it for everyone at this server?").format(
        title
    )


def delete_it(title: str) -> str:
    """Asks whether a recipe is to go."""
    return tr(
        "Delete the recipe “{}” from the server? If it replaced a built-in one, that comes back."
    ).format(title)


def no_keeping() -> str:
    """The server is one that keeps no recipes, or there is none."""
    return tr("No server is connected that keeps recipes.")


def pass_engine_not_offered() -> str:
    """An engine that a pass of an altered ladder names is not offered here."""
    return tr("A pass ran on an engine that is not offered here: it runs on the job's.")

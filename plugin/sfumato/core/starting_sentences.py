"""What is said while the server of this computer is started."""

from .words import tr


def can_be_started(address: str) -> str:
    """Nothing listens at the address, and a press on the button would change that."""
    return tr("No Sfumato server answers at {}.").format(address)


def starting(address: str) -> str:
    """The server was started and has said nothing yet."""
    return tr("Starting the server: waiting for it to listen at {}…").format(address)


def says(line: str) -> str:
    """What the server wrote last. line: its own words."""
    return tr("Starting the server: {}").format(line)


def listening() -> str:
    """The server listens, and the connection is not there yet."""
    return tr("The server is started; connecting to it…")


def slow(log: str) -> str:
    """A server that runs for long and does not answer. log: path of its log file."""
    return tr(
        "The server was started a minute ago and does not answer yet; what it does is in {}"
    ).format(log)


def ended(line: str) -> str:
    """A server that ended instead of listening. line: what it wrote last."""
    if not line:
        return tr(
            "The server ended at once and said nothing. Start it in a terminal: sfumato serve"
        )
    return tr("The server could not be started. It says: {}").format(line)


def not_run(command: str, reason: str) -> str:
    """The system would not run the command."""
    return tr("{} could not be run ({}). Install Sfumato again: sfumato install-plugin").format(
        command, reason
    )

"""Whether the artist sees the docker: at a start, and when the button is pressed."""

from PyQt5.QtWidgets import QDockWidget

from . import desk
from .runner import Pause, Until


def start(close):
    """What is to be seen of the docker once Krita has started. close: then close it, as an artist
    would. Krita quits properly, to remember it."""
    yield Pause(1000)  # nothing tells when Krita has put its window in order
    found = in_sight()
    if close:
        docker().close()
    return {"in sight": found, "quit": True}


def pressed():
    """Press the toolbar's button while the docker is closed, then while another lies over it."""
    desk.main_window()
    yield desk.at_rest()
    docker().close()
    yield Until(lambda: not in_sight(), "the docker to be closed")
    desk.press(desk.toolbar_button())
    yield Until(in_sight, "the docker to be shown")
    layers = desk.main_window().findChild(QDockWidget, "KisLayerBox")
    desk.main_window().tabifyDockWidget(docker(), layers)
    layers.show()
    layers.raise_()
    yield Until(lambda: not in_sight(), "the layers to lie over the docker")
    desk.press(desk.toolbar_button())
    yield Until(in_sight, "the docker to lie in front")
    return {"said": desk.panel().sentence.text()}


def docker():
    return desk.main_window().findChild(QDockWidget, "sfumato_docker")


def in_sight():
    return not docker().visibleRegion().isEmpty()

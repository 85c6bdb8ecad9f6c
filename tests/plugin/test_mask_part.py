"""The mask before the click, in the docker: zones over the picture, the lengths in hand, advice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtGui import QImage
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QApplication, QWidget

from fakes import plugin_values as values
from fakes.qt_waiting import Recorder
from sfumato.core.hand import AUTO, MaskHand
from sfumato.core.shaping import Foresight, Look, Place, Zone
from sfumato.core.sketch import Sketch
from sfumato.ui.advice import Advice
from sfumato.ui.mask_part import MaskPart
from sfumato.ui.tint import colour_of, picture_of, tinted, zones_over
from sfumato_protocol.messages import Note

GREY = bytes((100, 100, 100, 255))
WIDTH, HEIGHT = 64, 48


def zone(index: int, left: int, right: int) -> Zone:
    """A zone that is full between two columns, for pass `index` of the two of `values`."""
    planned = values.plan(values.request())[index - 1]
    row = bytes(255 * (left <= x < right) for x in range(WIDTH))
    return Zone(planned, WIDTH, HEIGHT, row * HEIGHT)


def foresight(*notes: Note, seconds: float = 0.0, places: int = 1) -> Foresight:
    """The left half is the first pass's, the middle the second's, over a grey picture."""
    sketch = Sketch(WIDTH, HEIGHT, GREY * (WIDTH * HEIGHT))
    place = Place(values.request(), (zone(1, 0, 32), zone(2, 24, 40)), sketch)
    return Foresight((place,) * places, notes, seconds)


@pytest.fixture
def part(application: QApplication) -> MaskPart:
    part = MaskPart()
    part.resize(300, 500)
    part.show()
    return part


def press(widget: QWidget, key: Qt.Key) -> None:
    QTest.keyClick(widget, key)  # type: ignore[call-overload]


def pixels(image: QImage) -> list[str]:
    """The colours left, in both zones, in the second one's alone, and right of them."""
    return [image.pixelColor(x, 20).name() for x in (5, 28, 36, 60)]


def test_the_zones_lie_over_the_picture(application: QApplication) -> None:
    (place,) = foresight().places
    grey = "#646464"
    first, both, second, none = pixels(zones_over(place, place.zones))
    assert none == grey
    assert len({first, both, second, none}) == 4
    assert pixels(zones_over(place, place.zones[:1])) == [first, first, grey, grey]
    assert pixels(zones_over(place, place.zones[1:])) == [grey, second, second, grey]


def test_a_linear_picture_is_not_shown_too_dark(application: QApplication) -> None:
    (place,) = foresight().places
    colour = replace(place.request.reading.colour, profile="sRGB-elle-V2-g10.icc")
    reading = replace(place.request.reading, colour=colour)
    linear = replace(place, request=replace(place.request, reading=reading))
    assert picture_of(place).pixelColor(5, 5).red() == 100
    assert picture_of(linear).pixelColor(5, 5).red() == pytest.approx(168, abs=1)


def test_a_zone_is_as_opaque_as_its_mask(application: QApplication) -> None:
    planned = values.plan(values.request())[0]
    ramp = bytes(range(0, 256, 4))
    alphas = [tinted(Zone(planned, 64, 1, ramp)).pixelColor(x, 0).alpha() for x in range(64)]
    full = max(alphas)
    assert alphas == pytest.approx([full * value / 252 for value in ramp], abs=1.5)
    assert 100 < full < 200


def test_passes_have_colours_of_their_own() -> None:
    assert len({colour_of(index).name() for index in range(1, 6)}) == 5
    assert colour_of(16).isValid()


def test_what_would_happen_is_shown_and_told(part: MaskPart) -> None:
    part.show_foresight(foresight(seconds=12.0))
    assert part.view.picture.isVisible()
    assert len({*pixels(part.view.picture.image())}) == 4
    reach = round(max(p.extent.reach for p in values.plan(values.request())))
    assert part.view.words.text() == (
        f"2 passes: up to {reach} px outside the selection change. Takes about 12 s."
    )


def test_one_pass_can_be_looked_at(part: MaskPart) -> None:
    looks = Recorder(part.looked)
    part.show_foresight(foresight())
    assert [chip.text() for chip in part.view.chips] == ["All", "1", "2"]
    press(part.view.chips[2], Qt.Key.Key_Space)
    assert looks.seen == [Look(index=2)]
    grey = "#646464"
    assert pixels(part.view.picture.image())[::3] == [grey, grey]
    assert "Pass 2, the edge" in part.view.words.text()


def test_a_look_chosen_elsewhere_is_shown_and_not_told_back(part: MaskPart) -> None:
    looks = Recorder(part.looked)
    part.show_foresight(foresight())
    part.show_look(Look(index=1, on_canvas=True))
    assert part.view.chips[1].isChecked()
    assert part.view.on_canvas.isChecked()
    assert looks.seen == []
    part.view.on_canvas.click()
    assert looks.seen == [Look(index=1)]


def test_far_places_are_shown_in_turn(part: MaskPart) -> None:
    looks = Recorder(part.looked)
    part.show_foresight(foresight())
    assert not part.view.place.isVisible()
    part.show_foresight(foresight(places=3))
    assert part.view.place.text() == "Place 1 of 3"
    part.view.place.click()
    assert (looks.seen, part.view.place.text()) == ([Look(place=1)], "Place 2 of 3")


def test_why_there_is_nothing_to_see_is_said(part: MaskPart) -> None:
    part.show_foresight(foresight())
    part.show_foresight(Foresight(said="Select something."))
    assert not part.view.picture.isVisible()
    assert part.view.words.text() == "Select something."
    assert not [chip for chip in part.view.chips if chip.isVisible()]


def test_automatic_lengths_tell_what_they_stand_for(part: MaskPart) -> None:
    assert part.form.feather.slider.text() == "Feather: auto"
    part.show_foresight(foresight())
    fitting = foresight().places[0].fitting
    assert part.form.feather.slider.text() == f"Feather: auto, {round(fitting.feather)} px"
    assert part.form.grow.slider.text() == f"Grow: auto, {round(fitting.grow)} px"
    assert part.form.context.text() == "Context: × 1 (64 × 48 px)"


def test_each_length_can_be_chosen_and_left_to_itself_again(part: MaskPart) -> None:
    part.show_foresight(foresight())
    chosen = Recorder(part.chosen)
    fitting = foresight().places[0].fitting
    part.form.feather.auto.click()
    assert chosen.seen[-1] == MaskHand(feather=float(round(fitting.feather)))
    press(part.form.feather.slider, Qt.Key.Key_Right)
    assert chosen.seen[-1] == MaskHand(feather=round(fitting.feather) + 1.0)
    press(part.form.feather.slider, Qt.Key.Key_Home)
    assert chosen.seen[-1] == MaskHand(feather=AUTO)
    assert part.form.feather.auto.isChecked()
    press(part.form.grow.slider, Qt.Key.Key_End)
    press(part.form.context, Qt.Key.Key_Home)
    part.form.inside.click()
    assert chosen.seen[-1] == MaskHand(grow=256.0, keep_inside=True, context=0.25)


def test_a_hand_from_elsewhere_is_shown_and_not_told_back(part: MaskPart) -> None:
    chosen = Recorder(part.chosen)
    part.show_hand(MaskHand(feather=30.0, grow=AUTO, keep_inside=True, context=2.0))
    assert part.form.feather.slider.text() == "Feather: 30 px"
    assert [part.form.feather.auto.isChecked(), part.form.grow.auto.isChecked()] == [False, True]
    assert part.form.context.text() == "Context: × 2"
    assert part.form.inside.isChecked()
    assert chosen.seen == []


def test_every_control_is_reached_by_keys_and_has_a_name(part: MaskPart) -> None:
    part.show_foresight(foresight(Note("mask.small", "It is small.", why="Because.")))
    controls = [part.form.feather.slider, part.form.feather.auto, part.form.grow.slider]
    controls += [part.form.context, part.form.inside, part.view.on_canvas, *part.view.chips]
    for control in controls:
        assert control.accessibleName() or control.text(), control
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, control


def test_advice_tells_why_when_asked(application: QApplication) -> None:
    advice = Advice()
    advice.show()
    advice.show_notes([Note("mask.small", "It is <b>small</b>.", why="Models see little of it.")])
    (line,) = advice.lines
    assert line.words.text() == "It is <b>small</b>."
    QTest.mouseClick(line, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]
    assert line.words.text() == "It is <b>small</b>.\nModels see little of it."
    press(line, Qt.Key.Key_Space)
    assert line.words.text() == "It is <b>small</b>."


def test_advice_goes_under_the_mask_if_it_is_about_it(part: MaskPart) -> None:
    mask, other = Note("mask.small", "Small."), Note("prompt.empty", "Empty.")
    part.show_foresight(foresight(mask, other))
    assert [line.words.text() for line in part.advice.lines] == ["Small."]
    before = part.advice.lines
    part.show_foresight(replace(foresight(mask), seconds=1.0))
    assert part.advice.lines == before
    part.show_foresight(foresight())
    assert not part.advice.isVisible()

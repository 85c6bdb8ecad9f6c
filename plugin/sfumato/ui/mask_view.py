"""The mask before the click: each pass's zone over the picture, in the docker."""

from dataclasses import replace
from typing import List, Optional

from ..core import actions
from ..core import shaping_sentences as sentences
from ..core.shaping import Foresight, Look, Place
from ..core.words import tr
from ..qt import (
    QButtonGroup,
    QHBoxLayout,
    QIcon,
    QImage,
    QPainter,
    QPaintEvent,
    QRect,
    QResizeEvent,
    QSize,
    QSizePolicy,
    QStyle,
    Qt,
    QToolButton,
    QVBoxLayout,
    QWidget,
    Signal,
)
from .buttons import named
from .icon import dot_pixmap
from .plain import PlainLabel
from .section import GAP
from .tint import colour_of, zones_over

_MOST_HEIGHT = 240  # px
_ASPECT = 0.6  # height to width, of the room for an image


class Picture(QWidget):
    """Shows an image as wide as the docker allows.

    Its height follows its width and not the image, so that what is below stays where it is; and not
    by the width of a scroll bar, which would come and go.
    """

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self._measured = 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_image(self, image: QImage) -> None:
        """Show it; a null image hides."""
        self._image = image
        self.setVisible(not image.isNull())
        self._fit()
        self.update()

    def image(self) -> QImage:
        """What is shown."""
        return self._image

    def resizeEvent(self, event: Optional[QResizeEvent]) -> None:
        self._fit()

    def paintEvent(self, event: Optional[QPaintEvent]) -> None:
        if self._image.isNull():
            return
        size = self._scaled(self.width(), self.height())
        place = QRect(
            (self.width() - size.width()) // 2,
            (self.height() - size.height()) // 2,
            size.width(),
            size.height(),
        )
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._image)
        painter.end()

    def _fit(self) -> None:
        style = self.style()
        assert style is not None
        bar = style.pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent) + 8
        if not self._image.isNull() and abs(self.width() - self._measured) > bar:
            self._measured = self.width()
            self.setFixedHeight(min(max(round(self.width() * _ASPECT), 32), _MOST_HEIGHT))

    def _scaled(self, width: int, height: int) -> QSize:
        share = min(width / self._image.width(), height / self._image.height())
        return QSize(
            max(round(self._image.width() * share), 1), max(round(self._image.height() * share), 1)
        )


class MaskView(QWidget):
    """looked: the artist looks at it otherwise: a `Look`. foresight: what is shown."""

    looked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.foresight = Foresight()
        self._look = Look()
        self.picture = Picture()
        self.passes = QHBoxLayout()
        self.passes.setSpacing(0)
        self.chips: List[QToolButton] = []
        self._group = QButtonGroup(self)
        self.place = named(QToolButton(), actions.NEXT_PLACE)
        self.place.setAutoRaise(True)
        self.on_canvas = named(QToolButton(), actions.MASK_ON_CANVAS)
        self.on_canvas.setAutoRaise(True)
        self.on_canvas.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.words = PlainLabel()
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addLayout(self.passes)
        row.addWidget(self.place)
        row.addStretch(1)
        row.addWidget(self.on_canvas)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self.picture)
        layout.addLayout(row)
        layout.addWidget(self.words)
        self.place.clicked.connect(self._next_place)
        self.on_canvas.toggled.connect(lambda on: self._turn(replace(self._look, on_canvas=on)))
        self.show_foresight(self.foresight)

    def show_foresight(self, foresight: Foresight) -> None:
        """Show what a click would do now."""
        before = [planned.index for planned in self.foresight.plan]
        self.foresight = foresight
        if [planned.index for planned in foresight.plan] != before or not self.chips:
            self._offer_passes()
        self._show()

    def show_look(self, look: Look) -> None:
        """Show what is looked at; says nothing of it."""
        self._look = look
        self.on_canvas.blockSignals(True)
        self.on_canvas.setChecked(look.on_canvas)
        self.on_canvas.blockSignals(False)
        self._show()

    def _shown(self) -> Optional[Place]:
        places = self.foresight.places
        return places[self._look.place % len(places)] if places else None

    def _show(self) -> None:
        shown = self._shown()
        plan = self.foresight.plan
        self.picture.show_image(
            zones_over(shown, self._look.zones(shown)) if shown is not None else QImage()
        )
        several = len(self.foresight.places)
        self.place.setVisible(several > 1)
        if several > 1:
            self.place.setText(sentences.place(self._look.place % several + 1, several))
        for index, chip in enumerate(self.chips):
            chip.setChecked(index == self._look.index)
            if 0 < index <= len(plan):
                chip.setToolTip(sentences.about_pass(plan[index - 1]))
        self.words.setText(self._sentence(shown))

    def _sentence(self, shown: Optional[Place]) -> str:
        if shown is None:
            return self.foresight.said
        zones = self._look.zones(shown)
        if len(zones) == 1:
            said = sentences.about_pass(zones[0].planned)
        else:
            reach = max(zone.planned.extent.reach for zone in zones) if zones else 0.0
            said = sentences.about_passes(len(zones), round(reach))
        seconds = self.foresight.seconds
        return said + " " + sentences.takes(seconds) if seconds > 0 else said

    def _offer_passes(self) -> None:
        for chip in self.chips:
            self._group.removeButton(chip)
            self.passes.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        numbers = [planned.index for planned in self.foresight.plan]
        indices = [0, *numbers] if len(numbers) > 1 else []
        self.chips = [self._chip(index) for index in indices]

    def _chip(self, index: int) -> QToolButton:
        chip = QToolButton()
        chip.setText(str(index) if index else tr("All"))
        chip.setCheckable(True)
        chip.setAutoRaise(True)
        if index:
            chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            chip.setIcon(QIcon(dot_pixmap(10, colour_of(index))))
            chip.setIconSize(QSize(10, 10))
            chip.setAccessibleName(tr("Zone of pass {}").format(index))
        else:
            chip.setToolTip(tr("The zones of all passes"))
            chip.setAccessibleName(tr("Zones of all passes"))
        self._group.addButton(chip)
        self.passes.addWidget(chip)
        chip.clicked.connect(lambda _on: self._turn(replace(self._look, index=index)))
        return chip

    def _next_place(self) -> None:
        count = max(len(self.foresight.places), 1)
        self._turn(replace(self._look, place=(self._look.place + 1) % count))

    def _turn(self, look: Look) -> None:
        if look != self._look:
            self._look = look
            self._show()
            self.looked.emit(look)

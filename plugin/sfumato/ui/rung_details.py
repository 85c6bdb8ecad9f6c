"""What else can be chosen of the pass in hand: softness, width, steps, guidance, a prompt."""

from dataclasses import replace
from typing import Optional, Tuple

from sfumato_protocol.geometry import RING
from sfumato_protocol.messages import MAX_PROMPT, EngineInfo

from ..core.ladder import Rung
from ..core.scale import Scale
from ..core.words import tr
from ..qt import QGridLayout, QLineEdit, QWidget, Signal
from .plain import PlainLabel, plain, tip
from .section import GAP
from .slider import Slider

FACTOR = Scale(0.1, 10.0, tenfold=24)
STEPS = Scale(1, 200, 1, special=0)
GUIDANCE = Scale(0.0, 50.0, 0.5, special=-1.0)


class RungDetails(QWidget):
    """changed: the `Rung` as the artist altered it."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._rung = Rung()
        self._lengths = (0.0, 0.0)
        self.title = PlainLabel()
        self.feather = Slider(
            tr("Feather"), FACTOR, self._feather, tr("This pass's soft edge, times the mask's")
        )
        self.ring_width = Slider(
            tr("Width"), FACTOR, self._width, tr("The ring's width, times the mask's")
        )
        self.steps = Slider(
            tr("Steps"),
            STEPS,
            _steps,
            tr("Denoising steps of a full run at strength 1; auto is as the model has it"),
        )
        self.guidance = Slider(
            tr("Guidance"),
            GUIDANCE,
            _guidance,
            tr("How closely the prompt is followed; auto is as the model has it"),
        )
        self.prompt = QLineEdit()
        self.prompt.setMaxLength(MAX_PROMPT)
        self.prompt.setPlaceholderText(tr("a prompt for this pass alone (optional)"))
        self.prompt.setAccessibleName(tr("Prompt of this pass"))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP)
        grid.addWidget(self.title, 0, 0, 1, 2)
        grid.addWidget(self.feather, 1, 0)
        grid.addWidget(self.ring_width, 1, 1)
        grid.addWidget(self.steps, 2, 0)
        grid.addWidget(self.guidance, 2, 1)
        grid.addWidget(self.prompt, 3, 0, 1, 2)
        self.feather.chosen.connect(lambda value: self._step(feather=value))
        self.ring_width.chosen.connect(lambda value: self._step(width=value))
        self.steps.chosen.connect(lambda value: self._step(steps=int(value)))
        self.guidance.chosen.connect(lambda value: self._step(guidance=value))
        self.prompt.textEdited.connect(lambda text: self._step(prompt=text))

    def show_rung(
        self,
        rung: Rung,
        number: int,
        engine: Optional[EngineInfo],
        lengths: Tuple[float, float] = (0.0, 0.0),
    ) -> None:
        """Show a pass; says nothing of it. engine: the one that it runs on, None if unknown.
        lengths: the px that a factor of 1 on feather and on width stands for, 0 if unknown."""
        self._rung, self._lengths = rung, lengths
        step = rung.step
        words = tr("Pass {}").format(number)
        if step.engine and engine is not None:
            words = tr("{} runs on {}").format(words, plain(engine.title or engine.name))
        self.title.setText(words)
        self.feather.show_value(step.feather)
        self.ring_width.show_value(step.width)
        self.ring_width.setVisible(step.zone == RING)
        self.steps.show_value(step.steps)
        self.guidance.show_value(step.guidance)
        if self.prompt.text() != step.prompt:
            self.prompt.setText(step.prompt)
        draws = engine is None or engine.draws
        for widget in (self.steps, self.guidance, self.prompt):
            widget.setEnabled(draws)
        name = engine.title or engine.name if engine is not None else ""
        self.prompt.setToolTip(
            tip(tr("Instead of the job's prompt"))
            if draws
            else tip(tr("{} does not read prompts").format(plain(name)))
        )

    def _feather(self, factor: float) -> str:
        return _in_px(factor, self._lengths[0])

    def _width(self, factor: float) -> str:
        return _in_px(factor, self._lengths[1])

    def _step(self, **values: object) -> None:
        rung = replace(self._rung, step=replace(self._rung.step, **values))  # type: ignore[arg-type]
        if rung != self._rung:
            self._rung = rung
            self.changed.emit(rung)


def _in_px(factor: float, length: float) -> str:
    """A factor, and the canvas px that it stands for where they are known."""
    if not length:
        return "×{:g}".format(factor)
    return tr("×{:g}, {:.0f} px").format(factor, factor * length)


def _steps(value: float) -> str:
    return "{:g}".format(value) if value > 0 else tr("auto")


def _guidance(value: float) -> str:
    return "{:g}".format(value) if value >= 0 else tr("auto")

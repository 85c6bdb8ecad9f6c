"""The recipe that is in use, and what can be done with it: save, rename, delete, take it back."""

from typing import Optional, Tuple

from sfumato_protocol.messages import RecipeInfo, Welcome
from sfumato_protocol.offers import RECIPES

from ..core import actions, keeping
from ..core import recipe_sentences as sentences
from ..core.choices import Choices
from ..core.understood import recipe_title
from ..core.words import tr
from ..qt import (
    QHBoxLayout,
    QInputDialog,
    QLineEdit,
    QMessageBox,
    Qt,
    QToolButton,
    QWidget,
    Signal,
)
from .box import Box
from .buttons import named
from .section import GAP


class RecipeBar(QWidget):
    """picked: the name of a recipe. restored: back to the recipe as it is. kept: a `RecipeInfo` for
    the server to keep, and whether it is to be in use then. deleted: a `RecipeInfo` to forget."""

    picked = Signal(str)
    restored = Signal()
    kept = Signal(object, bool)
    deleted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._choices = Choices()
        self._welcome: Optional[Welcome] = None
        self._recipes: Tuple[RecipeInfo, ...] = ()
        self.box = Box(tr("Recipe"))
        self.restore = named(QToolButton(), actions.RESTORE_RECIPE)
        self.save = named(QToolButton(), actions.SAVE_RECIPE)
        self.rename = named(QToolButton(), actions.RENAME_RECIPE)
        self.delete = named(QToolButton(), actions.DELETE_RECIPE)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.box, 1)
        for button in (self.restore, self.save, self.rename, self.delete):
            button.setAutoRaise(True)
            row.addWidget(button)
        self.box.activated.connect(lambda _index: self.picked.emit(self.box.currentData()))
        self.restore.clicked.connect(lambda _checked: self.restored.emit())
        self.save.clicked.connect(lambda _checked: self._save())
        self.rename.clicked.connect(lambda _checked: self._rename())
        self.delete.clicked.connect(lambda _checked: self._delete())

    def show_choices(self, choices: Choices, welcome: Optional[Welcome], connected: bool) -> None:
        """Show the recipe in use. welcome: the last one heard, where none is connected."""
        if welcome is not None and welcome.recipes != self._recipes:
            self._recipes = welcome.recipes
            self.box.offer((recipe_title(one), one.name) for one in self._recipes)
        self._choices, self._welcome = choices, welcome
        self.box.choose(choices.recipe)
        self.box.setEnabled(connected)
        recipe = keeping.listed(welcome, choices.recipe)
        altered = recipe is not None and choices.altered(recipe)
        self.restore.setEnabled(altered)
        keeps = connected and welcome is not None and welcome.understands(RECIPES)
        own = keeps and recipe is not None and recipe.own
        self.save.setEnabled(keeps and recipe is not None and bool(choices.passes(recipe)))
        self.rename.setEnabled(own)
        self.delete.setEnabled(own)

    def _save(self) -> None:
        recipe, welcome = self._recipe(), self._welcome
        if recipe is None or welcome is None:
            return
        usual = recipe.title if recipe.own else ""
        title = self._ask_title(tr("Save what runs now as a recipe by the name of"), usual)
        if not title:
            return
        before = keeping.holder(welcome, title)
        if before is None or self._certain(sentences.replace_it(recipe_title(before))):
            self.kept.emit(keeping.kept_as(title, recipe, self._choices, welcome), True)

    def _rename(self) -> None:
        recipe = self._recipe()
        if recipe is None:
            return
        title = self._ask_title(tr("Rename the recipe to"), recipe.title or recipe.name)
        if title and title != recipe.title:
            self.kept.emit(keeping.renamed(recipe, title), False)

    def _delete(self) -> None:
        recipe = self._recipe()
        if recipe is not None and self._certain(sentences.delete_it(recipe_title(recipe))):
            self.deleted.emit(recipe)

    def _recipe(self) -> Optional[RecipeInfo]:
        return keeping.listed(self._welcome, self._choices.recipe)

    def _ask_title(self, asked: str, usual: str) -> str:
        plainly = QLineEdit.EchoMode.Normal
        text, taken = QInputDialog.getText(self, "Sfumato", asked, plainly, usual)
        return text.strip()[: keeping.LONGEST_TITLE] if taken else ""

    def _certain(self, asked: str) -> bool:
        """Whether the artist means it."""
        box = QMessageBox(self)
        box.setWindowTitle("Sfumato")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(asked)
        yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
        box.addButton(yes)
        box.setDefaultButton(box.addButton(no))
        return bool(box.exec() == yes)

"""The plugin's actions, one table: what Krita lists among its shortcuts, and what the buttons say.

An action presses the button of its name in the docker of its window. Add a row here and name the
button by `ui.buttons.named`; `tools/write_actions.py` writes the `.action` file for Krita.
"""

from dataclasses import dataclass
from typing import Tuple

from .words import mark

INPAINT = "sfumato_inpaint"
CANCEL = "sfumato_cancel"
STOP = "sfumato_stop"
PREVIEW = "sfumato_preview_on_canvas"
INSERT_AGAIN = "sfumato_insert_again"
INSERT_AS_NEW = "sfumato_insert_as_new"
DISCARD = "sfumato_discard"
REUSE = "sfumato_reuse"
NEW_SEED = "sfumato_new_seed"
LOCK_SEED = "sfumato_lock_seed"
MASK_ON_CANVAS = "sfumato_mask_on_canvas"
SERVER = "sfumato_server"
RESTORE_RECIPE = "sfumato_restore_recipe"
SAVE_RECIPE = "sfumato_save_recipe"
RENAME_RECIPE = "sfumato_rename_recipe"
DELETE_RECIPE = "sfumato_delete_recipe"
ADD_PASS = "sfumato_add_pass"
REMOVE_PASS = "sfumato_remove_pass"
PASS_UP = "sfumato_pass_up"
PASS_DOWN = "sfumato_pass_down"
PASS_DETAILS = "sfumato_pass_details"
REDO = "sfumato_redo"
COMPARE = "sfumato_compare"
MERGE = "sfumato_merge"
KEEP_VARIATION = "sfumato_keep_variation"
GIVE_UP_VARIATIONS = "sfumato_give_up_variations"
USE_SETTINGS = "sfumato_use_settings"
RUN_AGAIN = "sfumato_run_again"
RESTORE_SELECTION = "sfumato_restore_selection"
SELECT_LAYERS = "sfumato_select_layers"
FORGET = "sfumato_forget"
CLEAN_UP = "sfumato_clean_up"
START_SERVER = "sfumato_start_server"
TRY_NOW = "sfumato_try_now"
NEXT_PLACE = "sfumato_next_place"
FEATHER_AUTO = "sfumato_feather_auto"
GROW_AUTO = "sfumato_grow_auto"
STAY_INSIDE = "sfumato_stay_inside"
OTHER_SEED = "sfumato_other_seed"
FOLD = "sfumato_fold_"  # and the name of a part of the docker
SHOW_TOOLBAR = "sfumato_toolbar_shown"


@dataclass(frozen=True)
class Action:
    """id: for Krita's settings, never changed. text, tip: English, to be translated at their use.
    label: what its button says where that is shorter than the text. shortcut: the default, as Qt
    writes it, "" for none. icon: of Krita's theme, "" for none.
    """

    id: str
    text: str
    tip: str
    label: str = ""
    shortcut: str = ""
    icon: str = ""
    checkable: bool = False


ACTIONS: Tuple[Action, ...] = (
    Action(
        INPAINT,
        mark("Inpaint selection"),
        mark("Inpaint the selection with the recipe chosen in the Sfumato docker"),
        shortcut="Ctrl+Shift+M",
    ),
    Action(
        CANCEL,
        mark("Cancel inpainting"),
        mark("Stop the job that runs; the document is not changed"),
        label=mark("Cancel"),
    ),
    Action(
        STOP,
        mark("Stop and keep the finished passes"),
        mark("End the job that runs, and put in what it has finished"),
    ),
    Action(
        PREVIEW,
        mark("Preview on the canvas"),
        mark("Show what a running job looks like so far over the canvas, where it works"),
        checkable=True,
    ),
    Action(
        INSERT_AGAIN,
        mark("Insert kept passes again"),
        mark("Put the kept passes into a picture that they fit"),
        label=mark("Insert again"),
    ),
    Action(
        INSERT_AS_NEW,
        mark("Insert kept passes as new document"),
        mark("Put the kept passes into a document of their own"),
        label=mark("Insert as new document"),
    ),
    Action(
        DISCARD,
        mark("Discard kept passes…"),
        mark("Give the kept passes up; they cannot be had again"),
    ),
    Action(
        REUSE,
        mark("Use this layer's settings"),
        mark("Choose recipe, prompt and seed of the job that made the active layer"),
    ),
    Action(
        NEW_SEED,
        mark("Draw another seed"),
        mark("Draw another seed"),
        label=mark("New"),
        icon="view-refresh",
    ),
    Action(
        LOCK_SEED,
        mark("Lock the seed"),
        mark("Use this seed again instead of a new one for every click"),
        label=mark("Lock"),
        icon="layer-locked",
        checkable=True,
    ),
    Action(
        RESTORE_RECIPE,
        mark("Back to the recipe as it is"),
        mark("Undo what was changed in the ladder: back to the recipe as it is"),
        label=mark("Reset"),
        icon="edit-undo",
    ),
    Action(
        SAVE_RECIPE,
        mark("Save the ladder as a recipe…"),
        mark("Have the server keep what runs now as a recipe"),
        label=mark("Save…"),
        icon="document-save",
    ),
    Action(
        RENAME_RECIPE,
        mark("Rename the recipe…"),
        mark("Give a saved recipe another name"),
        label=mark("Rename…"),
        icon="edit-rename",
    ),
    Action(
        DELETE_RECIPE,
        mark("Delete the recipe…"),
        mark("Delete a saved recipe from the server"),
        label=mark("Delete…"),
        icon="edit-delete",
    ),
    Action(
        ADD_PASS,
        mark("Add a pass"),
        mark("Add a pass like the one in hand, after it"),
        label=mark("Add"),
        icon="list-add",
    ),
    Action(
        REMOVE_PASS,
        mark("Remove the pass"),
        mark("Remove the pass in hand"),
        label=mark("Remove"),
        icon="edit-delete",
    ),
    Action(
        PASS_UP,
        mark("Move the pass up"),
        mark("Have the pass in hand run earlier"),
        label=mark("Up"),
        icon="arrow-up",
    ),
    Action(
        PASS_DOWN,
        mark("Move the pass down"),
        mark("Have the pass in hand run later"),
        label=mark("Down"),
        icon="arrow-down",
    ),
    Action(
        PASS_DETAILS,
        mark("Details of the pass"),
        mark("Feather, width, steps, guidance and prompt of the pass in hand"),
        label=mark("Details"),
        icon="properties",
        checkable=True,
    ),
    Action(
        REDO,
        mark("Redo passes of the result"),
        mark("Do the result's passes again from the chosen one on; the old result is hidden"),
        label=mark("Redo"),
        icon="view-refresh",
    ),
    Action(
        COMPARE,
        mark("Before and after"),
        mark("Hold to see the picture without the result"),
        label=mark("Before"),
        icon="visible",
    ),
    Action(
        MERGE,
        mark("Merge the result's passes"),
        mark("Make one layer of the result's passes; one undo brings them back"),
        label=mark("Merge"),
        icon="merge-layer-below",
    ),
    Action(
        KEEP_VARIATION,
        mark("Keep the variation"),
        mark("Put the variation that is seen into the document"),
        label=mark("Keep"),
        icon="dialog-ok",
    ),
    Action(
        GIVE_UP_VARIATIONS,
        mark("Give the other variations up"),
        mark("None of the variations that are not kept is wanted"),
        label=mark("Give up the rest"),
        icon="edit-delete",
    ),
    Action(
        USE_SETTINGS,
        mark("Use the job's settings"),
        mark("Choose recipe, ladder, mask, prompt and seed of the marked job"),
        label=mark("Use settings"),
    ),
    Action(
        RUN_AGAIN,
        mark("Run the job again"),
        mark("Run the marked job again: its own settings, seed, ladder, mask and selection"),
        label=mark("Run again"),
    ),
    Action(
        RESTORE_SELECTION,
        mark("Restore the job's selection"),
        mark("Select what was selected for the marked job"),
        label=mark("Reselect"),
    ),
    Action(
        SELECT_LAYERS,
        mark("Select the job's layers"),
        mark("Make the marked job's group the active layer"),
        label=mark("Select layers"),
    ),
    Action(
        FORGET,
        mark("Forget the job"),
        mark("Remove the marked job's record from the document; its layers stay"),
        label=mark("Forget"),
    ),
    Action(
        CLEAN_UP,
        mark("Forget jobs without layers"),
        mark("Remove the records of all jobs whose layers are gone from the document"),
        label=mark("Clean up"),
    ),
    Action(
        START_SERVER,
        mark("Start the Sfumato server"),
        mark("Start the server on this computer; it goes on when Krita is closed"),
        label=mark("Start the server"),
    ),
    Action(
        TRY_NOW,
        mark("Look for the Sfumato server now"),
        mark("Look for the server now instead of in some seconds"),
        label=mark("Try now"),
    ),
    Action(
        MASK_ON_CANVAS,
        mark("Show the mask on the canvas"),
        mark("Show over the canvas what each pass would change; the picture is not touched"),
        label=mark("On canvas"),
        icon="visible",
        checkable=True,
    ),
    Action(
        SERVER,
        mark("Sfumato server…"),
        mark("Address and token of the Sfumato server"),
        label=mark("Server…"),
    ),
    Action(
        NEXT_PLACE,
        mark("Show the next place"),
        mark("Show the next place"),
    ),
    Action(
        FEATHER_AUTO,
        mark("Let the feather be automatic"),
        mark("Let it follow the size of the picture and of the selection"),
        label=mark("Auto"),
        checkable=True,
    ),
    Action(
        GROW_AUTO,
        mark("Let the growth of the mask be automatic"),
        mark("Let it follow the size of the picture and of the selection"),
        label=mark("Auto"),
        checkable=True,
    ),
    Action(
        STAY_INSIDE,
        mark("Stay inside the selection"),
        mark("Change nothing outside the selection: what is not selected is protected"),
        checkable=True,
    ),
    Action(
        OTHER_SEED,
        mark("Redo with another seed"),
        mark("Draw another seed; without it the job's own is used again"),
        label=mark("Other seed"),
        checkable=True,
    ),
    Action(
        FOLD + "recipe",
        mark("Show or fold recipe and ladder"),
        mark("Show or fold this part of the docker"),
        label=mark("Recipe and ladder"),
    ),
    Action(
        FOLD + "mask",
        mark("Show or fold the mask"),
        mark("Show or fold this part of the docker"),
        label=mark("Mask"),
    ),
    Action(
        FOLD + "prompt",
        mark("Show or fold prompt and model"),
        mark("Show or fold this part of the docker"),
        label=mark("Prompt and model"),
    ),
    Action(
        FOLD + "result",
        mark("Show or fold the result"),
        mark("Show or fold this part of the docker"),
        label=mark("Result"),
    ),
    Action(
        FOLD + "history",
        mark("Show or fold the history"),
        mark("Show or fold this part of the docker"),
        label=mark("History"),
    ),
    Action(
        SHOW_TOOLBAR,
        mark("Show Sfumato toolbar"),
        mark("Show or hide the toolbar with Sfumato's button"),
        checkable=True,
    ),
)


def action(name: str) -> Action:
    """The action of an id. Raises `KeyError`."""
    for known in ACTIONS:
        if known.id == name:
            return known
    raise KeyError(name)

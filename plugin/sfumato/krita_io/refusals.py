"""What a document can be refused for, in one sentence for the artist each."""

NO_DOCUMENT = "No picture is open: open one, select what should change, and click again."
NO_SELECTION = "Nothing is selected: select what should change and click again."
EMPTY_SELECTION = "The selection is empty: select what should change and click again."
OFF_CANVAS = "The selection lies outside the canvas: move it onto the picture and click again."
STROKE = "Krita is still painting on this picture: wait for the stroke to end and click again."


def selection_mask(mask: str, layer: str) -> str:
    """Only a layer's local selection mask is there, no selection of the document."""
    return (
        "Only the layer “{}” has a selection, its mask “{}”, and Sfumato needs one for the whole "
        "picture: pick that mask in the Layers docker, choose Select > Select Opaque, and click "
        "again.".format(layer, mask)
    )


def unsupported_colour(model: str, depth: str, profile: str) -> str:
    """A colour space that cannot be worked on yet, named as Krita names it."""
    return (
        "This picture is {} {} with the profile “{}”, and Sfumato works on RGBA with 8 or 16 bits "
        "in sRGB or linear sRGB: convert it with Image > Convert Image Color Space and click "
        "again.".format(model, depth, profile)
    )

"""Pictures of Krita for the documentation."""

from pathlib import Path

from PIL import Image

WIDTH = 1280  # px


def keep(taken: Path, folder: Path) -> None:
    """Store the PNGs of a folder small, as JPEGs in another: a palette would tint them."""
    folder.mkdir(parents=True, exist_ok=True)
    for picture in sorted(taken.glob("*.png")):
        with Image.open(picture) as image:
            size = (WIDTH, round(image.height * WIDTH / image.width))
            small = image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
        small.save(folder / (picture.stem + ".jpg"), quality=78, optimize=True)

"""Sizes are checked before memory is claimed: a small file may announce a huge image."""

from core.errors import ImageError, ImageTooLarge

MOST_PIXELS = 200_000_000
MOST_BYTES = 2 * MOST_PIXELS
# Far beyond any detector; libraries count the places along a side in 15 bits.
MOST_SIDE = 30_000


def check_size(rows: int, columns: int, bytes_per_pixel: float = 2) -> None:
    if rows < 1 or columns < 1:
        raise ImageError(
            f"The header gives a size of {rows} x {columns} pixels, so there is no image to show. "
            "Export the image once more."
        )
    if rows * columns > MOST_PIXELS or rows * columns * bytes_per_pixel > 4 * MOST_BYTES:
        raise too_large(f"{rows} x {columns} pixels")
    if max(rows, columns) > MOST_SIDE:
        raise ImageTooLarge(
            f"The image is too long: {rows} x {columns} pixels. At most {MOST_SIDE:,} pixels a "
            "side are allowed. Export the image of one breast."
        )


def too_large(received: str) -> ImageTooLarge:
    return ImageTooLarge(
        f"The image is too large: {received}. At most {MOST_PIXELS // 1_000_000} million pixels "
        "are allowed. Export it at a lower resolution."
    )

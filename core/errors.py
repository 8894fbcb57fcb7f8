"""The errors a person may see.

MammolensError
 ├─ InputError            what was given cannot be used (exit code 2, HTTP 4xx)
 │   ├─ ImageError        a file is not an image we can read
 │   │   ├─ CodecMissing  ... because a decoder is not installed
 │   │   └─ ImageTooLarge ... because it would not fit in memory
 │   ├─ DatasetError      a folder, table or prepared dataset is not what it should be
 │   ├─ ConfigError       a setting has a value that is not allowed
 │   └─ NotFound          a name that nothing is registered or stored under
 ├─ RunError              a run could not go on, through no fault of the input
 └─ Busy                  too much is asked at once: the same succeeds later (HTTP 503)

Every message says what failed, the value received, what is allowed, and what to do next.
"""


class MammolensError(Exception):
    """Root of the tree: its text is a sentence for the person, never a traceback."""

    code = "error"


class InputError(MammolensError):
    code = "bad-input"


class ImageError(InputError):
    code = "unreadable-image"


class CodecMissing(ImageError):
    code = "codec-missing"


class ImageTooLarge(ImageError):
    code = "image-too-large"


class DatasetError(InputError):
    code = "bad-dataset"


class ConfigError(InputError):
    code = "bad-config"


class NotFound(InputError):
    code = "not-found"


class RunError(MammolensError):
    code = "run-failed"


class Busy(MammolensError):
    code = "busy"

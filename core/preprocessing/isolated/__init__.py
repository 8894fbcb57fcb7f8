"""Files from strangers are decoded in processes of their own, which may be killed at any time.

Decoders are written in C and trust what they read. A file that crashes one, makes it loop or
fills its memory costs such a process and nothing else; the person gets a sentence.
"""

from core.preprocessing.isolated.pool import Pool, PoolStatus
from core.preprocessing.isolated.process import Limits

__all__ = ["Limits", "Pool", "PoolStatus"]

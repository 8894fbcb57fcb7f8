"""The checksum of TFRecord files (CRC-32C), quick enough for tens of thousands of images.

A CRC is sequential but linear: the content is cut into lanes that are worked off side by
side as one array, and then each lane's result is carried past the lanes that follow.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

POLYNOMIAL = 0x82F63B78
MASK_DELTA = 0xA282EAD8
ALL_ONES = 0xFFFFFFFF
# More and shorter lanes than a square: a step over all lanes costs more than a carry.
STEPS_SAVED = 4
Words = NDArray[np.uint32]


def _byte_table() -> Words:
    table: Words = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = (table >> np.uint32(1)) ^ (table & np.uint32(1)) * np.uint32(POLYNOMIAL)
    return table


TABLE = _byte_table()


def masked_crc(content: bytes) -> int:
    """Turned and shifted, so that a checksum of data with checksums in it stays a good one."""
    crc = crc32c(content)
    return ((crc >> 15 | crc << 17) + MASK_DELTA) & ALL_ONES


def crc32c(content: bytes) -> int:
    width = max(1, math.isqrt(len(content)) // STEPS_SAVED)
    lanes = len(content) // width
    grid = np.frombuffer(content, np.uint8, lanes * width).reshape(lanes, width)
    states = np.zeros(max(lanes, 1), np.uint32)
    states[0] = ALL_ONES
    for column in np.ascontiguousarray(grid.T) if lanes else ():
        states = _fed(states, column)
    crc, (low, second, third, high) = int(states[0]), _past_zeros(width)
    for state in states[1:].tolist():
        crc = low[crc & 255] ^ second[crc >> 8 & 255] ^ third[crc >> 16 & 255] ^ high[crc >> 24]
        crc ^= state
    rest = np.array([crc], np.uint32)
    for byte in content[lanes * width :]:
        rest = _fed(rest, np.uint8(byte))
    return int(rest[0]) ^ ALL_ONES


def _fed(states: Words, column: NDArray[np.uint8] | np.uint8) -> Words:
    fed: Words = TABLE.take((states ^ column) & np.uint32(0xFF)) ^ (states >> np.uint32(8))
    return fed


@lru_cache(maxsize=16)
def _past_zeros(count: int) -> tuple[list[int], ...]:
    """What each byte of a state becomes when `count` zero bytes follow."""
    states = (
        np.arange(256, dtype=np.uint32) << np.array([[0], [8], [16], [24]], np.uint32)
    ).ravel()
    for _ in range(count):
        states = _fed(states, np.uint8(0))
    return tuple(row.tolist() for row in states.reshape(4, 256))

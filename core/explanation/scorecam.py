"""Score-CAM: every pattern of the layer is let through alone, and the answer noted.

Wang et al. 2019, arXiv:1910.01279.
"""

from core.domain.explanation import Cost, Method
from core.explanation.masking import maker

METHOD = Method(
    title="Score-CAM",
    plain="Shows the image through each pattern the network knows, one at a time, and keeps "
    "those that raise the answer; takes hundreds of predictions.",
    cost=Cost.VERY_SLOW,
    make=maker(),
)

"""The losses, one value an image, computed from logits so that nothing over- or underflows.

This module imports keras: import it inside functions only.
"""

from typing import Any

from keras import ops

from core.domain.training import Loss


def per_image(logits: Any, targets: Any, config: Loss) -> Any:
    """`logits` is (batch, 1) for two classes, else (batch, classes); `targets` is (batch,).

    Where `targets` has the shape of `logits`, each is a question of yes or no by itself.
    """
    logits = ops.cast(logits, "float32")
    if len(targets.shape) == 2:
        return _two(logits, ops.cast(targets, "float32"), config)
    if logits.shape[-1] == 1:
        return _two(logits[:, 0], ops.cast(targets, "float32"), config)
    return _many(logits, targets, config)


def _two(logit: Any, target: Any, config: Loss) -> Any:
    soft = target * (1 - config.label_smoothing) + 0.5 * config.label_smoothing
    loss = soft * ops.softplus(-logit) + (1 - soft) * ops.softplus(logit)
    if config.name == "focal":
        right = ops.sigmoid(logit * (2 * target - 1))
        loss = loss * ops.power(1 - right, config.gamma)
    return loss


def _many(logits: Any, targets: Any, config: Loss) -> Any:
    classes = logits.shape[-1]
    hard = ops.one_hot(targets, classes, dtype="float32")
    soft = hard * (1 - config.label_smoothing) + config.label_smoothing / classes
    logs = ops.log_softmax(logits, axis=-1)
    loss = -ops.sum(soft * logs, axis=-1)
    if config.name == "focal":
        right = ops.exp(ops.sum(hard * logs, axis=-1))
        loss = loss * ops.power(ops.maximum(1 - right, 1e-7), config.gamma)
    return loss

"""Softmax as a value: every number from logits to probabilities."""

from __future__ import annotations

import numpy as np

from cnntui.cnn.ops import Floats
from cnntui.values import dataclass

LARGEST_POWER = float(np.log(np.finfo(np.float32).max))
"""88.72…: exp of a larger number overflows float32 and becomes infinite."""


@dataclass(frozen=True, eq=False)
class SoftmaxStep:
    """Softmax of some logits, computed as the network does it and, for comparison, as the formula is written.

    Attributes:
        logits: `(classes,)` float32, z.
        maximum: the largest logit.
        shifted: `(classes,)`, z − maximum: 0 for the largest logit, negative for all others.
        powers: `(classes,)`, exp(z − maximum).
        total: the sum of the powers, between 1 and the number of classes.
        quotients: `(classes,)`, powers / total: the probabilities.
        plain_powers: `(classes,)`, exp(z): infinite beyond `LARGEST_POWER`.
        plain_total: the sum of the plain powers.
        plain_quotients: `(classes,)`, plain_powers / plain_total: the same probabilities if `plain_works`.
    """

    logits: Floats
    maximum: float
    shifted: Floats
    powers: Floats
    total: float
    quotients: Floats
    plain_powers: Floats
    plain_total: float
    plain_quotients: Floats

    @classmethod
    def of(cls, logits: Floats) -> SoftmaxStep:
        """Softmax of `(classes,)` float32 logits."""
        # A diverged network's logits are infinite or NaN; they are shown, not warned about.
        with np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore"):
            maximum = logits.max()
            shifted = logits - maximum
            powers = np.exp(shifted)
            total = powers.sum()
            plain = np.exp(logits)
            plain_total = plain.sum()
            return cls(
                logits, float(maximum), shifted, powers, float(total), powers / total,
                plain, float(plain_total), plain / plain_total,
            )  # fmt: skip

    @property
    def plain_works(self) -> bool:
        """Whether the formula without the shift gives probabilities too."""
        return 0 < self.plain_total < np.inf

"""The losses of batches."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cnntui.files.errors import CnntuiError
from cnntui.training.losses import check_finite, epoch_mean


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_an_epochs_mean_is_over_digits_not_over_batches() -> None:
    assert epoch_mean([floats(1, 2), floats(5)], batch_size=4, digits=10) == pytest.approx((4 * 1 + 4 * 2 + 2 * 5) / 10)


def test_batches_that_nobody_knows_of_do_not_count() -> None:
    assert epoch_mean([floats(1, math.nan), floats(4)], batch_size=4, digits=10) == pytest.approx((4 * 1 + 2 * 4) / 6)
    assert math.isnan(epoch_mean([floats(math.nan)], batch_size=4, digits=4))


def test_the_first_loss_that_is_no_number_is_named_with_the_rate_that_led_there() -> None:
    check_finite(12, floats(1, 2, 3), 0.5)
    with pytest.raises(CnntuiError, match="number at batch 11") as caught:
        check_finite(12, floats(1, math.inf, math.nan), 0.5)
    assert "smaller than 0.5" in caught.value.hint

"""Observations of two things, block by block, whose ratio is known."""

import math

import numpy as np


def around(factor: float, n: int = 15, spread: float = 0.01) -> tuple[list[float], list[float]]:
    """A and B = factor times A, with a little noise that is symmetric around the factor."""
    noise = np.linspace(-spread, spread, n)
    return [1.0] * n, [factor * math.exp(d) for d in noise]

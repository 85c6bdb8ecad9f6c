"""Conjugate gradients for pictures, each channel a system of its own."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor


def solved(
    applied: Callable[[Tensor], Tensor], right: Tensor, start: Tensor, rounds: int
) -> Tensor:
    """The u near `applied(u) = right` after `rounds` from `start`; all (H, W, C).

    applied: linear, symmetric, positive definite in each channel.
    After Hestenes and Stiefel, "Methods of conjugate gradients for solving linear systems", 1952.
    """
    u, residual = start, right - applied(start)
    direction, square = residual, residual.square().sum((0, 1))
    for _ in range(rounds):
        step = applied(direction)
        length = square / (direction * step).sum((0, 1)).clamp(min=1e-20)
        u, residual = u + length * direction, residual - length * step
        last, square = square, residual.square().sum((0, 1))
        direction = residual + square / last.clamp(min=1e-20) * direction
    return u

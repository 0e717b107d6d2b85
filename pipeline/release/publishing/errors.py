"""The two ways in which publishing ends without a release at its place."""

from __future__ import annotations


class PublishingRefused(Exception):
    """It cannot be published so; the message says what to change."""


class PublishingInterrupted(Exception):
    """The target does not answer, or broke off too often; the same call later goes on where this one stopped."""

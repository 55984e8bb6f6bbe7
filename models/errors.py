"""Errors by what to do next.

Each says what was refused and why, and the setting or command that fixes it.

Never an address, a body or a token in a message: errors are logged and shown.
"""

from __future__ import annotations


class SluiceError(Exception):
    """Base of all errors a person should read. ``exit_code`` is what the command line ends with."""

    exit_code = 1

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message}. To fix it: {self.fix}."


class ConfigurationError(SluiceError):
    """A setting, a yml or a command is wrong: nothing was done. Exit code 2."""

    exit_code = 2


class InputError(SluiceError):
    """A raw file cannot be landed: the previous state is untouched. Exit code 2."""

    exit_code = 2


class BlockedError(SluiceError):
    """A guardrail, a missing approval or another run blocks. Exit code 3."""

    exit_code = 3


class ContentError(SluiceError):
    """A template is missing or cannot be rendered for a message. ``reason``: the category that the
    ledger keeps; after colons the file, the line and the variable, never a value.
    """

    def __init__(self, message: str, fix: str, reason: str = "template_error") -> None:
        super().__init__(message, fix)
        self.reason = reason

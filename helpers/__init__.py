"""Helpers of the notebooks: rounding, ledger, words, charts, record; and the commands."""

import sys

# Before anything of this package is read: an old Python would stop at its syntax, without a word.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        "Python 3.11 or newer is needed; this is %d.%d (%s)."  # noqa: UP031
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )


class Refused(ValueError):
    """What was given cannot be used: why, in a sentence."""

"""Tests: one file for each helper, and for the data, the notebooks and the README.

A plugin too, which `helpers test` has pytest load before all others.
"""

import itertools
import os
import sys
import tempfile

# JupyterLab brings this package along, jsonschema imports it wherever it is found, and its
# grammars take more than a second to compile, in every process. Nothing here needs it.
sys.modules.setdefault("rfc3987_syntax", None)


def pytest_configure(config) -> None:
    """Let nbval talk to its kernels through files: two workers can pick the same network port."""
    if os.name == "nt":
        return
    from nbval import kernel

    folder = tempfile.TemporaryDirectory(prefix="nbval-")
    config.add_cleanup(folder.cleanup)
    number, manager = itertools.count(), kernel.KernelManager

    def through_files(**given: object) -> object:
        return manager(transport="ipc", ip=f"{folder.name}/{next(number)}", **given)

    kernel.KernelManager = through_files

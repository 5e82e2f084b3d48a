"""Loaded by pytest before all other plugins (pyproject.toml): saves time, changes no result."""

from __future__ import annotations

import functools
import itertools
import os
import sys
import tempfile
from collections.abc import Callable

import pytest

# JupyterLab brings this package along, jsonschema imports it wherever it is found, and its
# grammars take a second to compile, in every process. Nothing here needs it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


class Kernels:
    """Makes nbval's kernels. The next notebook's process starts while a notebook runs, so that none waits for it.

    Each notebook still has a kernel of its own, fresh from its start.
    """

    def __init__(self, make: Callable) -> None:
        self.make, self.to_come, self.ahead = make, 0, []

    def __call__(self, **given: object) -> object:
        manager = self.ahead.pop() if self.ahead else self.make(**given)
        start = manager.start_kernel

        def start_kernel(**how: object) -> None:
            if not manager.has_kernel:
                start(**how)
            self.to_come -= 1
            if self.to_come > 0:
                self.ahead.append(self.make(**given))
                self.ahead[-1].start_kernel(**how)

        manager.start_kernel = start_kernel
        manager._async_wait = functools.partial(manager._async_wait, pollinterval=0.01)  # for a kernel that is killed
        return manager

    def stop(self) -> None:
        for manager in self.ahead:
            manager.shutdown_kernel(now=True)


def pytest_configure(config: pytest.Config) -> None:
    """Let nbval talk to its kernels through files: two workers can pick the same network port."""
    from nbval import kernel

    kernel.pformat = lambda message: message  # each message was set out prettily for a log that is off
    if os.name != "nt":
        folder = tempfile.TemporaryDirectory(prefix="nbval-")
        config.add_cleanup(folder.cleanup)
        number, manager = itertools.count(), kernel.KernelManager
        kernel.KernelManager = lambda **given: manager(transport="ipc", ip=f"{folder.name}/{next(number)}", **given)
    kernel.KernelManager = Kernels(kernel.KernelManager)
    config.add_cleanup(kernel.KernelManager.stop)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Kernels are started ahead where it is known what comes: in one process, for the notebooks of one folder."""
    from nbval import kernel

    notebooks = {item.path for item in session.items if item.path.suffix == ".ipynb"}
    if len({path.parent for path in notebooks}) == 1 and "PYTEST_XDIST_WORKER" not in os.environ:
        kernel.KernelManager.to_come = len(notebooks)

"""Loaded by pytest before all other plugins (pyproject.toml): saves time, changes no result."""

from __future__ import annotations

import functools
import os
import sys
import tempfile

import pytest

# JupyterLab brings this package along, jsonschema imports it wherever it is found, and its
# grammars take a second to compile, in every process. Nothing here needs it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def pytest_configure(config: pytest.Config) -> None:
    """Let nbval talk to its kernels through files: two workers can pick the same network port."""
    if os.name == "nt":
        return
    from nbval import kernel

    folder = tempfile.TemporaryDirectory(prefix="nbval-")
    config.add_cleanup(folder.cleanup)
    kernel.KernelManager = functools.partial(kernel.KernelManager, transport="ipc", ip=f"{folder.name}/kernel")

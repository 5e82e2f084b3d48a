"""What all tests share."""

import signal
from pathlib import Path

import pytest
from hypothesis import settings

# The same inputs in every run: a test that fails, fails for everyone. No clock, no folder of past examples.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")
signal.signal(signal.SIGINT, signal.default_int_handler)  # else ignored where a shell went on


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reading edition of the stored notebooks, built once."""
    from helpers import edition

    folder = tmp_path_factory.mktemp("edition") / "site"
    edition.build(folder, address="https://example.org/audit")
    return folder

"""What all tests share."""

from hypothesis import settings

# The same inputs in every run: a test that fails, fails for everyone. No clock, no folder of past examples.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")

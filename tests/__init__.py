"""Tests: one file for each helper, and for the data, the notebooks and the README."""

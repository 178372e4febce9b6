"""Measures from the literature, general enough to be tested against published cases."""

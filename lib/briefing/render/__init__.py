"""Notebooks to documents: nbconvert exporters, one per medium."""

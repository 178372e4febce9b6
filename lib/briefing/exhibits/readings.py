"""The three readings of how firmly a promise counts, as exhibits name them."""

READINGS = {"firm": "Firm", "expected": "Expected", "headline": "Headline"}

"""Colours that can be read and told apart, by light and dark, also by colour-blind readers."""

import re
from itertools import combinations

import numpy as np
import pytest

from briefing.render.html import STYLE

TEXT = ("ink", "muted", "blue", "green", "orange", "purple")
MARKS = ("blue", "orange", "purple", "green", "grey", "red")

# Machado, Oliveira and Fernandes (2009), severity 1, for linear RGB.
BLIND = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}  # fmt: skip


def palettes():
    style = STYLE.read_text("utf-8")
    light, dark = re.findall(r":root[^{]*\{([^}]*)\}", style)[:2]
    return {
        name: dict(re.findall(r"--(\w+): (#\w{6});", block))
        for name, block in (("light", light), ("dark", dark))
    }


def linear(colour):
    channels = np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def luminance(colour):
    return linear(colour) @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    """Contrast ratio of the Web Content Accessibility Guidelines 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    """CIELAB of linear RGB, white D65."""
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    scaled = np.clip(np.array(to_xyz) @ rgb, 0, None) / [0.9505, 1.0, 1.089]
    root = np.where(scaled > 216 / 24389, np.cbrt(scaled), (24389 / 27 * scaled + 16) / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def test_the_measure_knows_the_extremes():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("ground", ["page", "pale"])
def test_text_stands_out(light, ground):
    palette = palettes()[light]
    assert {name: contrast(palette[name], palette[ground]) >= 4.5 for name in TEXT} == (
        dict.fromkeys(TEXT, True)
    )


@pytest.mark.parametrize("light", ["light", "dark"])
def test_marks_stand_out(light):
    palette = palettes()[light]
    assert {name: contrast(palette[name], palette["page"]) >= 3 for name in MARKS} == (
        dict.fromkeys(MARKS, True)
    )


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("sight", ["full", *BLIND])
def test_marks_differ_from_each_other(light, sight):
    palette, seen = palettes()[light], np.array(BLIND.get(sight, np.eye(3)))
    colours = {name: lab(np.clip(seen @ linear(palette[name]), 0, 1)) for name in MARKS}
    near = {
        pair: round(float(distance), 1)
        for pair in combinations(MARKS, 2)
        if (distance := np.linalg.norm(colours[pair[0]] - colours[pair[1]])) < 12
    }
    assert near == {}

import os

import pytest

from briefing.render import drawings
from briefing.render.drawings import kept


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    drawings._make_room.cache_clear()
    return tmp_path / "briefing" / "drawings"


@pytest.fixture
def draw():
    """Draw what it is asked for, and count."""

    def drawing(source):
        drawing.asked += [source]
        return f"drawn from {source}\r\n"

    drawing.asked = []
    return drawing


def test_what_was_drawn_is_found_and_another_drawn(folder, draw):
    told = [kept(source, "svg", draw) for source in ("a", "a", "b", "a")]
    assert told == [f"drawn from {source}\r\n" for source in "aaba"]
    assert draw.asked == ["a", "b"]
    assert {file.suffix for file in folder.iterdir()} == {".svg"}
    assert kept("a", "json", draw) == told[0]
    assert len(draw.asked) == 3


@pytest.mark.parametrize("damaged", [b"", b"drawn", b"\xff", "cut"])
def test_what_is_damaged_is_drawn_again(folder, draw, damaged):
    whole = kept("a", "svg", draw)
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:-3] if damaged == "cut" else damaged)
    assert kept("a", "svg", draw) == kept("a", "svg", draw) == whole
    assert draw.asked == ["a", "a"]


@pytest.mark.parametrize("part", ["version", "FONTS"])
def test_another_library_or_typeface_draws_anew(folder, draw, monkeypatch, tmp_path, part):
    kept("a", "svg", draw)
    drawings._drawn_with.cache_clear()
    (tmp_path / "fonts").mkdir()
    monkeypatch.setattr(
        drawings, part, {"version": lambda _: "0", "FONTS": tmp_path / "fonts"}[part]
    )
    kept("a", "svg", draw)
    drawings._drawn_with.cache_clear()
    assert draw.asked == ["a", "a"]


def test_a_folder_that_cannot_be_made_costs_time_only(draw, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert kept("a", "svg", draw) == kept("a", "svg", draw)
    assert draw.asked == ["a", "a"]


def test_who_has_no_home_keeps_nothing(draw, monkeypatch):
    def homeless(_):
        raise RuntimeError("could not determine the home directory")

    monkeypatch.setattr(drawings, "user_cache_path", homeless)
    assert kept("a", "svg", draw) == kept("a", "svg", draw)
    assert draw.asked == ["a", "a"]


def test_what_nobody_asked_for_longest_makes_room(folder, draw, monkeypatch):
    for day, source in enumerate("abc"):
        kept(source, "svg", draw)
        for file in folder.iterdir():
            if file.stat().st_mtime > 1000:
                os.utime(file, (day, day))
    kept("a", "svg", draw)  # asked for just now
    monkeypatch.setattr(
        drawings, "MOST_BYTES", 2 * (folder / next(folder.iterdir())).stat().st_size
    )
    drawings._make_room.cache_clear()
    kept("d", "svg", draw)
    draw.asked.clear()
    for source in "adcb":
        kept(source, "svg", draw)
    assert draw.asked == ["b"]

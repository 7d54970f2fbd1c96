"""Charts are the same whoever draws them: one process, or one for each processor."""

import gc
import html
import multiprocessing
import os
import re

import pytest

from journals import journal, planned, simple
from study import gallery
from study.gallery import Picture
from study.garbage import uncollected
from study.tables import results

START = planned("startup/threads", 1, form="worker", width=1)
FOUND = results([journal([START], simple(START, [0.01], "cold ready"))])
PICTURES = [Picture(FOUND, name, f"{name}-{number}") for number in range(3) for name in ("startup", "stages")]


def test_several_processes_draw_what_one_draws_and_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = [gallery.draw(picture) for picture in PICTURES]
    monkeypatch.setattr(gallery, "usable_cpus", lambda: 2)
    assert gallery.draw_all(PICTURES) == alone
    assert multiprocessing.active_children() == []


def test_a_single_processor_and_a_few_charts_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(os, "fork", refuse)
    monkeypatch.setattr(gallery, "usable_cpus", lambda: 8)
    assert len(gallery.draw_all(PICTURES[:2])) == 2
    monkeypatch.setattr(gallery, "usable_cpus", lambda: 1)
    assert len(gallery.draw_all(PICTURES)) == len(PICTURES)


def test_a_picture_is_drawn_only_when_it_is_asked_for() -> None:
    assert gallery.draw(PICTURES[0]).png == b""
    assert gallery.draw(PICTURES[0], png=True).png.startswith(b"\x89PNG")


def test_a_chart_says_aloud_what_it_asks_and_what_it_finds() -> None:
    text = gallery.draw(PICTURES[0]).inline
    assert text.count('aria-label="How long until a new worker is at work') == 2
    assert text.count("The table below has the numbers.") == 2


def test_a_label_stands_in_its_place_alone_however_a_backend_is_called() -> None:
    cell = planned(f"startup/{gallery.LABEL}", 1, form="worker", width=1)
    drawn = gallery.draw(Picture(results([journal([cell], simple(cell, [0.01], "cold ready"))]), "startup", "startup"))
    assert drawn.inline.count("The table below has the numbers.") == len(gallery.FORMS)
    assert "&#123;label}" in drawn.inline
    assert drawn.finding in html.unescape(drawn.inline)


def test_all_charts_of_one_of_many_runs_are_drawn_by_one_worker_in_their_order() -> None:
    others = results([journal([START], simple(START, [0.02], "cold ready"))])
    every = [Picture(found, name, name, True) for found in (FOUND, others) for name in ("startup", "stages")]
    assert gallery._shares(every) == [[0, 1], [2, 3]]
    assert gallery._shares(PICTURES) == [[number] for number in range(len(PICTURES))]


def test_what_is_drawn_meanwhile_is_what_is_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery, "usable_cpus", lambda: 2)
    with gallery.drawing_of(PICTURES) as finish:
        assert gallery.draw(PICTURES[0]) == finish()[0]
    assert multiprocessing.active_children() == []


def test_an_error_meanwhile_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery, "usable_cpus", lambda: 2)
    with pytest.raises(RuntimeError, match="no paper"), gallery.drawing_of(PICTURES):
        raise RuntimeError("no paper")
    assert multiprocessing.active_children() == []
    assert gc.isenabled()


def test_who_draws_meanwhile_goes_behind_who_waits_and_looks_for_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery, "usable_cpus", lambda: 2)
    monkeypatch.setattr(
        gallery, "_draw", lambda picture, png: gallery.Drawn(b"", b"", repr((os.nice(0), gc.isenabled())), "")
    )
    with uncollected():
        drawn = gallery.draw_all(PICTURES)
    assert {picture.inline for picture in drawn} == {repr((os.nice(0) + gallery.LATER, True))}


def test_each_run_has_its_charts_under_names_of_their_own() -> None:
    found = gallery.pictures([FOUND, FOUND])
    assert [[picture.file for picture in own] for own in found] == [["startup", "stages"], ["startup-2", "stages-2"]]
    assert not any(picture.is_one_of_many for own in found for picture in own)


def test_of_many_runs_each_chart_has_one_form_that_no_screen_hides() -> None:
    (picture, _), *rest = gallery.pictures([FOUND] * gallery.MANY_RUNS)
    assert picture.is_one_of_many
    assert [[own.file for own in later] for later in rest] == [
        [f"startup-{n}"] for n in range(2, gallery.MANY_RUNS + 1)
    ]
    drawn = gallery.draw(picture)
    assert re.findall(r'<svg [^>]*class="([^"]+)"', drawn.inline) == ["each"]
    assert b"<svg" in drawn.svg

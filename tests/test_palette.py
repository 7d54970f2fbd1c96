"""Can every reader tell the backends of a chart apart, on paper, on a dark page, and without seeing all colours?"""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from busy import on_a_busy_machine_too
from study import installed
from study.palette import DASHED, FIXED, FREE, Look, looks

WHITE, DARK = "#ffffff", "#14181d"
# How eyes that lack one kind of cone see linear RGB: Machado, Oliveira, Fernandes, "A Physiologically-based Model for
# Simulation of Color Vision Deficiency", IEEE TVCG 15 (2009), severity 1.0.
SEEN_WITHOUT = {
    "red cones": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "green cones": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "blue cones": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
CLOSE = 0.1  # distance in OKLab below which two thin lines may pass for one; black and white are 1 apart
Colour = tuple[float, float, float]

EVERY_LOOK = [*FIXED.values(), *FREE]
COLOURS = sorted({look.colour for look in EVERY_LOOK})


def linear(colour: str) -> Colour:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return straightened(red), straightened(green), straightened(blue)


def straightened(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def luminance(colour: Colour) -> float:
    red, green, blue = colour
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio of WCAG 2.2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def seen(colour: str, without: str) -> Colour:
    """The colour as eyes without these cones see it."""
    red, green, blue = (
        min(1.0, max(0.0, sum(weight * part for weight, part in zip(row, linear(colour), strict=True))))
        for row in SEEN_WITHOUT[without]
    )
    return red, green, blue


def oklab(colour: Colour) -> Colour:
    """Lightness and two opponent colours (Ottosson 2020); equal distances look about equal."""
    r, g, b = colour
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def distance(one: Colour, other: Colour) -> float:
    return float(sum((a - b) ** 2 for a, b in zip(oklab(one), oklab(other), strict=True)) ** 0.5)


def shape(look: Look) -> tuple[object, ...]:
    """What is left of a look on a black and white printer."""
    return look.marker, look.dash, look.filled


def test_the_arithmetic_of_colours_knows_black_white_and_red() -> None:
    assert contrast(linear("#000000"), linear("#ffffff")) == pytest.approx(21)
    assert distance(linear("#000000"), linear("#ffffff")) == pytest.approx(1, abs=1e-3)
    assert oklab(linear("#ff0000")) == pytest.approx((0.628, 0.225, 0.126), abs=1e-3)
    assert seen("#808080", "green cones") == pytest.approx(linear("#808080"), abs=1e-3)


def test_every_installed_backend_has_a_fixed_look() -> None:
    assert set(installed.known_backends()) <= set(FIXED)


def test_no_two_backends_look_alike_even_without_colour() -> None:
    assert len({shape(look) for look in FIXED.values()}) == len(FIXED)


def test_no_two_free_looks_are_alike_even_without_colour() -> None:
    assert len({shape(look) for look in FREE}) == len(FREE)


def test_no_free_look_is_taken_for_that_of_a_known_backend() -> None:
    assert not {shape(look) for look in FREE} & {shape(look) for look in FIXED.values()}


@pytest.mark.parametrize("without", SEEN_WITHOUT)
def test_colours_that_some_eyes_mix_up_come_with_different_markers(without: str) -> None:
    alike = [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(FIXED.items(), 2)
        if distance(seen(a.colour, without), seen(b.colour, without)) < CLOSE and a.marker == b.marker
    ]
    assert alike == []


def test_eyes_that_see_all_colours_tell_all_of_them_apart() -> None:
    near = [
        (one, other)
        for one, other in itertools.combinations(COLOURS, 2)
        if distance(linear(one), linear(other)) < CLOSE
    ]
    assert near == []


@pytest.mark.parametrize("page", [WHITE, DARK], ids=["white", "dark"])
@pytest.mark.parametrize("colour", COLOURS)
def test_each_colour_has_contrast_with_a_white_and_with_a_dark_page(colour: str, page: str) -> None:
    assert contrast(linear(colour), linear(page)) >= 3


@pytest.mark.parametrize("without", SEEN_WITHOUT)
@pytest.mark.parametrize("colour", COLOURS)
def test_no_line_fades_into_the_page_for_eyes_that_miss_a_colour(colour: str, without: str) -> None:
    for page in (WHITE, DARK):
        assert contrast(seen(colour, without), linear(page)) >= 2.5


def test_one_kind_of_worker_has_one_colour_and_one_library_one_dash() -> None:
    for method in ("fork", "spawn", "forkserver"):
        assert FIXED[f"processes.{method}"].colour == FIXED[f"executors.{method}"].colour
    assert FIXED["threads"].colour == FIXED["executors.thread"].colour
    assert {look.dash for name, look in FIXED.items() if name.startswith("executors.")} == {DASHED}


@pytest.mark.parametrize("look", EVERY_LOOK, ids=str)
def test_every_look_is_one_that_can_be_drawn(look: Look) -> None:
    from matplotlib.lines import Line2D

    Line2D([0, 1], [0, 1], color=look.colour, marker=look.marker, linestyle=look.dash)
    assert re.fullmatch("#[0-9a-f]{6}", look.colour)


def test_backends_without_a_fixed_look_get_different_free_ones() -> None:
    found = looks(["threads", "new.a", "new.b", "new.c"])
    assert found["threads"] == FIXED["threads"]
    assert len({(look.colour, look.marker) for look in found.values()}) == 4
    assert looks(["new.b", "new.a", "new.c"])["new.a"] == found["new.a"]


@on_a_busy_machine_too
@given(st.lists(st.sampled_from([*FIXED, *(f"new.{i}" for i in range(40))]), unique=True))
def test_every_backend_gets_a_look_and_as_many_as_can_be_a_shape_of_its_own(names: list[str]) -> None:
    found = looks(names)
    assert list(found) == names
    strangers = [look for name, look in found.items() if name not in FIXED]
    assert len({shape(look) for look in strangers}) == min(len(strangers), len(FREE))


@on_a_busy_machine_too
@given(st.lists(st.sampled_from(sorted(FIXED)), unique=True))
def test_a_known_backend_looks_the_same_in_every_chart(names: list[str]) -> None:
    assert looks(names) == {name: FIXED[name] for name in names}

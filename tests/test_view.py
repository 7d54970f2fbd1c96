"""The chips of the page: one for everything that it can have something of, whatever a stranger calls it."""

import msgspec

from journals import HOSTILE, journal, planned
from study import installed, view
from study.journal import Journal

LOCK = planned("lock/threads", width=2)


def of(version: str, machine: str = "example-2c-linux-1a2b3c", backend: str = "threads") -> Journal:
    made = journal([planned(f"lock/{backend}", width=2)], [])
    interpreter = made.header.interpreter | {"version": version}
    return msgspec.structs.replace(
        made, header=msgspec.structs.replace(made.header, interpreter=interpreter, machine=machine)
    )


def labels(journals: list[Journal]) -> dict[str, list[str]]:
    found = view.groups(view.backends(journals), journals)
    return {group.name: [choice.label for choice in group.choices] for group in found}


def test_every_installed_backend_has_a_chip_and_a_stranger_s_comes_last() -> None:
    names = view.backends([of("3.13.1", backend="zebra.striped")])
    assert names == [*installed.known_backends(), "zebra.striped"]


def test_the_number_of_an_installed_backend_is_the_same_on_every_page() -> None:
    assert view.backends([of("3.13.1", backend="aardvark")])[:-1] == view.backends([])


def test_a_backend_seen_in_failures_alone_has_a_chip() -> None:
    assert view.backends([of("3.13.1")], ["zebra.failing"])[-1] == "zebra.failing"


def test_each_python_and_each_machine_has_one_chip() -> None:
    found = labels([of("3.12.1"), of("3.13.1"), of("3.13.1", "other-4c-linux-000000")])
    assert found["python"] == ["3.12.1", "3.13.1"]
    assert found["machine"] == ["example-2c-linux-1a2b3c", "other-4c-linux-000000"]


def test_styles_are_those_of_the_backends() -> None:
    assert labels([of("3.13.1")])["style"] == ["serial loop", "workers", "executors", "floors"]
    assert labels([of("3.13.1", backend="zebra")])["style"][-1] == view.ELSEWHERE


def test_a_strangers_names_are_cut_and_have_nothing_invisible() -> None:
    made = of(HOSTILE * 100, backend=HOSTILE.replace("/", "|"))
    for group in view.groups(view.backends([made]), [made]):
        for choice in group.choices:
            assert len(choice.value) <= 80
            assert "\u202e" not in choice.value + choice.label


def test_a_table_s_name_in_an_address_or_a_file_is_not_a_stranger_s() -> None:
    assert view.called("scenario-lock") == "scenario-lock"
    for odd in (HOSTILE, "../../etc/passwd", "a b", "x" * 100, "a:b,c", ""):
        assert view.called(odd) == f"table-{view.key(odd)}"

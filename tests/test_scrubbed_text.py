"""Which names and paths does a text lose before it leaves this machine, what stays, and does a second time change anything more?"""

import getpass
import os
import platform
import pwd
import socket
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journals import failed, header, planned, write
from journals import journal as made_up
from study import export, lines, scrubbing, validation
from study.journal import Fact, JournalError, load
from study.scrubbing import HOST, LONGEST_NAME, LONGEST_PATH, PATH, USER, Scrubber

LOCK = planned("lock/threads", 3, width=2)
ACCOUNTS = ("HOSTNAME", "COMPUTERNAME", "USER", "LOGNAME", "USERNAME", "SUDO_USER")
PATHS = st.sampled_from(["/home/bob", "/home/bob/x.py", "~/y/z", "/usr/lib/python3.11/queue.py", "/srv/a.b/"])
WORDS = st.sampled_from(
    ["bob", "Tower", "lock/threads/width=2", "1/2", "it's", "/proc/cpuinfo", "study/cli.py:61", "é"]
)
GLUE = st.sampled_from([" ", ", ", ". ", ": ", " (", ") ", "\n", "\t"])
SENTENCES = st.lists(st.tuples(st.one_of(PATHS, WORDS), GLUE).map("".join), max_size=8).map("".join)


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine and an account that have no name of their own yet."""
    for name in (*ACCOUNTS, "HOME", "USERPROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(socket, "gethostname", lambda: "")
    monkeypatch.setattr(platform, "node", lambda: "")
    monkeypatch.setattr(getpass, "getuser", lambda: "root")
    monkeypatch.setattr(pwd, "getpwuid", lambda _: SimpleNamespace(pw_name="root", pw_gecos="root", pw_dir="/nowhere"))
    return monkeypatch


@settings(deadline=None)
@given(SENTENCES)
def test_a_text_loses_every_home_and_every_name_and_a_second_time_nothing_more(text: str) -> None:
    scrubber = Scrubber({"bob": USER, "tower": HOST}, ["/home/bob"])
    once = scrubber.text(text)
    assert not [secret for secret in ("bob", "Tower", "/home", "~/", "/srv") if secret in once]
    assert scrubber.text(once) == once
    for kept in ("lock/threads/width=2", "/proc/cpuinfo", "study/cli.py:61", "lib/python3.11/queue.py"):
        assert once.count(kept) == text.count(kept)


@pytest.mark.parametrize("end", [".", ",", ";", ").", "...", ": no"])
def test_what_ends_the_sentence_around_a_path_stays(end: str) -> None:
    assert Scrubber({}).text(f"see /home/bob/x{end}") == f"see {PATH}{end}"
    assert Scrubber({}).text(f"in /usr/lib/python3.11/queue.py{end}") == f"in {PATH}/lib/python3.11/queue.py{end}"


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("/proc/self/maps and /sys and /dev/null", "/proc/self/maps and /sys and /dev/null"),
        ("/process/x /system/y /devices/z", f"{PATH} {PATH} {PATH}"),
        ("/.dockerenv.old /run/.containerenv/x", f"{PATH} {PATH}"),
        ('"/proc/cpuinfo and /home/bob/x"', f'"/proc/cpuinfo and {PATH}"'),
        ('"/opt/lib/python3.11/a.py:/home/bob/b.py"', f'"{PATH}/lib/python3.11/a.py:{PATH}"'),
        ("/x/lib/python3.11/dist-packages/mine/a.py", PATH),
        ("/x/backends/threads.py and /x/backends/my-own.py", f"{PATH}/backends/threads.py and {PATH}"),
        ("/x/studying/lock.py /x/study/lock.txt", f"{PATH} {PATH}"),
        ("/x/lib/python3.11/../../srv/mine/a.py /x/lib/python3.11/a/../b.py", f"{PATH} {PATH}"),
        ("file:/srv/a and //server/share and D:/data/b", f"file:{PATH} and {PATH} and {PATH}"),
        ("a/home/b http://x/home/y 3 / 4", "a/home/b http://x/home/y 3 / 4"),
        ("/home/bob/a\\ b/c d", f"{PATH} d"),
    ],
)
def test_a_path_is_told_from_what_only_looks_like_one(text: str, without: str) -> None:
    assert Scrubber({}).text(text) == without


def test_of_a_path_longer_than_any_real_one_no_part_is_kept() -> None:
    kept = "/lib/python3.11/queue.py"
    filling = LONGEST_PATH - len(kept)
    assert Scrubber({}).text("/" + "x" * (filling - 1) + kept) == PATH + kept
    assert Scrubber({}).text("/" + "x" * filling + kept) == PATH


def test_a_longer_name_is_replaced_before_one_that_is_a_part_of_it() -> None:
    names = {"tower": HOST, "tower.example.org": "<other>", "example": "<third>"}
    for order in (names, dict(reversed(names.items()))):
        assert Scrubber(order).text("TOWER at Tower.example.org") == f"{HOST} at <other>"


def test_a_home_within_another_is_replaced_whole_and_a_folder_beside_it_is_not_taken_for_it() -> None:
    homes = ["/data", "/data/A B"]
    for order in (homes, homes[::-1]):
        assert Scrubber({}, order).text("in /data/A B/c.py and /data/d.") == f"in {PATH} and {PATH}."
    assert Scrubber({}, ["/Users/A B"]).text("/Users/A B-2/x, y/Users/A B/x") == f"{PATH} B-2/x, y/Users/A B/x"


@pytest.mark.parametrize("homes", [[], [""], ["/"]])
def test_where_there_is_no_home_to_speak_of_a_slash_stays_a_slash(homes: list[str]) -> None:
    assert Scrubber({}, homes).text("messages / s") == "messages / s"


def test_a_name_is_a_word_and_an_underscore_parts_words() -> None:
    scrubber = Scrubber({"al": USER, "c++": HOST})
    assert scrubber.text("al_x al-1 AL al2 zal éal c++ c+") == f"{USER}_x {USER}-1 {USER} al2 zal éal {HOST} c+"


def test_a_long_text_may_become_shorter_and_no_text_longer_than_a_field_bears() -> None:
    scrubber = Scrubber({"al": USER})
    assert len(scrubber.text("al " * 50)) == LONGEST_NAME
    assert len(scrubber.text("al " * 200)) == 600
    assert scrubber.text("al") == USER


def test_only_texts_that_lost_something_are_counted() -> None:
    scrubber = Scrubber({"al": USER})
    assert scrubber.everything(["al", 1, None, {"x": "all", "al": 2.5}, [["by al"]]]) == [
        *(USER, 1, None, {"x": "all", USER: 2.5}, [[f"by {USER}"]])
    ]
    assert scrubber.changed == 2


@pytest.mark.parametrize("number", [2, 3, 9])
def test_as_many_keys_come_out_as_went_in(number: int) -> None:
    found = Scrubber({}).everything({f"/home/{n}/x": n for n in range(number)} | {"kept": -1})
    assert sorted(found.values()) == [-1, *range(number)]
    assert found[PATH] == 0
    assert found["kept"] == -1


def test_a_number_that_another_key_has_already_is_not_given_again() -> None:
    found = Scrubber({}).everything({f"{PATH} (1)": 0, "/a/x": 1, "/b/x": 2})
    assert found == {f"{PATH} (1)": 0, PATH: 1, f"{PATH} (2)": 2}


def test_host_and_account_have_several_names(nobody: pytest.MonkeyPatch) -> None:
    nobody.setattr(socket, "gethostname", lambda: "tower.lan")
    nobody.setattr(platform, "node", lambda: "Node.local")
    nobody.setenv("HOSTNAME", "rack")
    nobody.setenv("SUDO_USER", "carol")
    nobody.setattr(getpass, "getuser", lambda: "al")
    nobody.setattr(
        pwd, "getpwuid", lambda _: SimpleNamespace(pw_name="bob", pw_gecos="Bob Smith,Room 7,,", pw_dir="/nowhere")
    )
    users = ("carol", "al", "bob", "Bob Smith")
    hosts = ("tower.lan", "tower", "Node.local", "Node", "rack")
    assert scrubbing.names_here() == dict.fromkeys(hosts, HOST) | dict.fromkeys(users, USER)


def test_a_name_of_one_letter_or_one_that_everybody_has_is_nobodys(nobody: pytest.MonkeyPatch) -> None:
    nobody.setenv("USER", "x")
    nobody.setenv("LOGNAME", "Runner")
    nobody.setenv("HOSTNAME", "localhost.localdomain")
    assert scrubbing.names_here() == {"localhost.localdomain": HOST}


@pytest.mark.parametrize("error", [OSError, KeyError, ImportError])
def test_an_account_without_a_name_is_no_error(nobody: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def fail(*_: object) -> None:
        raise error("nobody")

    nobody.setattr(getpass, "getuser", fail)
    assert scrubbing.names_here() == {}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("/home/bob/x and /home/al/y and /home/bob/y", ["bob", "al"]),
        ("/Users/Ann-1/x", ["Ann-1"]),
        ("C:\\Users\\carol\\x", ["carol"]),
        ('{"a":"C:\\\\Users\\\\carol"}', ["carol"]),
        ("/home/root/x /Users/Runner /home/x", []),
        ("/homes/bob /root/x", []),
        ("there is no /home/bob. And no /home/al.b-", ["bob", "al.b"]),
    ],
)
def test_whose_homes_a_text_names_is_found(text: str, names: list[str]) -> None:
    assert scrubbing.names_in(text) == dict.fromkeys(names, USER)


def test_a_home_that_is_a_link_is_known_by_both_its_places(nobody: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    nobody.setenv("HOME", f"{tmp_path / 'link'}/")
    nobody.setenv("USERPROFILE", str(tmp_path / "link"))
    assert scrubbing.homes_here() == [str(tmp_path / "link"), os.path.realpath(tmp_path / "real")]


def test_without_a_word_of_the_environment_the_account_has_a_home(nobody: pytest.MonkeyPatch) -> None:
    assert "/nowhere" in scrubbing.homes_here()


def saved(path: Path, **fields: object) -> Path:
    """A journal of one failure, with these fields in its header."""
    made = made_up([LOCK], [msgspec.structs.replace(failed(LOCK, 1), position=1)])
    return write(msgspec.structs.replace(made, header=header([LOCK], **fields)), path)  # type: ignore[arg-type]


def test_a_run_that_was_called_after_its_user_gives_the_file_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path / "given.jsonl", run="alice-1")
    (tmp_path / "sent").mkdir()
    monkeypatch.chdir(tmp_path / "sent")
    sent = export.export(path, None, Scrubber({"alice": USER}))
    assert (sent.path, load(sent.path).header.run) == (Path("given.study.jsonl.gz"), f"{USER}-1")


def test_a_packed_file_may_hold_as_much_as_can_be_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "run.jsonl")
    size = path.stat().st_size
    monkeypatch.setattr(lines, "MOST_UNPACKED", size)
    assert load(export.export(path, tmp_path / "a.gz", Scrubber({})).path).header == load(path).header
    monkeypatch.setattr(lines, "MOST_UNPACKED", size - 1)
    with pytest.raises(JournalError, match="larger than the 0 MB that a packed file may hold"):
        export.export(path, tmp_path / "b.gz", Scrubber({}))


def test_a_name_in_the_processors_model_stays_everywhere_and_one_in_another_fact_goes(
    nobody: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nobody.setenv("USER", "carol")
    nobody.setenv("HOSTNAME", "epyc")
    facts = {"cpu_model": Fact("EPYC of AMD", "", ""), "governor": Fact("carol's", "", "")}
    path = saved(tmp_path / "run.jsonl", environment=facts, started="epyc carol")
    sent = export.export(path, tmp_path / "sent.jsonl")
    found = load(sent.path).header
    assert (found.environment["cpu_model"].value, found.environment["governor"].value) == ("EPYC of AMD", f"{USER}'s")
    assert found.started == f"epyc {USER}"
    assert validation.examine(sent.path).complaints == []
    assert f"; {sent.changed} texts held a name" in sent.told
    assert sent.changed == 2


@pytest.mark.parametrize(("size", "is_large"), [(1_000_000, False), (1_000_001, True)])
def test_a_megabyte_is_sent_easily_and_more_is_not(size: int, is_large: bool) -> None:
    told = export.Exported(Path("x"), size, 3, torn=False).told
    assert told.startswith("1,000 kB")
    assert (": some will not take it" in told) is is_large
    assert "cut off" not in told

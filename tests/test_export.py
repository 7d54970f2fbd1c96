"""Does a file for somebody else hold what was measured, and nothing of whose machine it was?"""

import gzip
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journals import absent, failed, full, header, measured, planned, witnessed, write
from recorded_run import kept
from study import cli, export, lines, report, scrubbing, validation
from study.journal import Budget, Fact, Header, JournalError, Rejected, append, create, load
from study.plan import PROFILES
from study.scrubbing import HOST, PATH, USER, Scrubber

PLANTED = "on tower.lan as alice in /home/alice/my_study/run.py and C:\\Users\\alice\\x.py"
SECRETS = ("tower", "alice", "/home", "my_study", "C:\\")
CELLS = [planned("lock/threads", 3, width=2), planned("queue/threads", 3, width=1)]
FACTS = {
    "cpu_model": Fact("EPYC of AMD", "", "/proc/cpuinfo"),
    "governor": Fact(PLANTED, "", PLANTED),
    PLANTED: Fact(None, "", ""),
}
INTERPRETER = {
    "version": "3.13.1",
    "executable": "/home/alice/my_study/bin/python",
    "build_flags": ["-I/home/alice/my_study/include", "--prefix=/opt/tower", "--with-lto"],
}
HEADER = header(
    CELLS,
    [absent("lock/serial", PLANTED, width=2)],
    environment=FACTS,
    interpreter=INTERPRETER,
    sources={"/home/alice/my_study/lock.py": "0" * 16},
    budget=Budget(60.0, 9.0, PLANTED),
    machine="alice-tower",
    campaign="tower of alice",
    run="20260102T030405Z-3.13.1",
)
ROW = msgspec.structs.replace(
    measured(CELLS[0], 1, {"acquire + release": [0.01]}, trace=f"1\t100\t200\tworker\tgot\t{PLANTED!r}\n"), position=1
)
RECORDS = [
    msgspec.structs.replace(ROW, printed=[PLANTED, 'File "/home/alice/my study/x.py", line 3']),
    msgspec.structs.replace(failed(CELLS[1], 1, reason=f"Traceback of {PLANTED}"), position=2),
    witnessed(1),
    Rejected(1, 4, PLANTED),
    failed(CELLS[0], 4),
]


@pytest.fixture
def scrubber() -> Scrubber:
    return Scrubber({"tower.lan": HOST, "tower": HOST, "alice": USER}, ["/home/alice"])


def saved(path: Path, first: Header = HEADER, records: list[Any] = RECORDS) -> Path:
    create(path, first)
    for record in records:
        append(path, record)
    return path


def test_names_and_paths_are_gone_wherever_they_stood(tmp_path: Path, scrubber: Scrubber) -> None:
    written = export.export(saved(tmp_path / "run.jsonl"), tmp_path / "sent.jsonl.gz", scrubber)
    text = gzip.decompress(written.path.read_bytes()).decode()
    assert [secret for secret in SECRETS if secret in text.replace("\\\\", "\\")] == []
    found = load(written.path)
    told = f"on {HOST} as {USER} in {PATH} and {PATH}"
    assert (found.header.environment["governor"], found.header.interpreter["executable"]) == (
        Fact(told, "", told),
        PATH,
    )
    assert found.header.interpreter["build_flags"] == [f"-I{PATH}", f"--prefix={PATH}", "--with-lto"]
    assert (found.header.absent[0].reason, found.rejected[0].reason) == (told, told)
    assert found.rejected_rows[0].printed == [told, f'File "{PATH}", line 3']
    assert found.rejected_rows[1].reason == f"Traceback of {told}"
    assert found.rejected_rows[0].trace == f"1\t100\t200\tworker\tgot\t'{told}'\n"


def test_a_machine_that_was_called_after_its_host_has_a_name_made_of_facts_or_none(
    tmp_path: Path, scrubber: Scrubber
) -> None:
    written = export.export(saved(tmp_path / "run.jsonl"), tmp_path / "sent.jsonl.gz", scrubber)
    assert load(written.path).header.machine == "machine"
    facts = load(kept()).header.environment
    named = msgspec.structs.replace(HEADER, environment=facts)
    written = export.export(saved(tmp_path / "other.jsonl", named), tmp_path / "other.jsonl.gz", scrubber)
    assert load(written.path).header.machine == kept().parent.name


def test_what_was_measured_stays_as_it_was(tmp_path: Path, scrubber: Scrubber) -> None:
    path = saved(tmp_path / "run.jsonl")
    found = load(export.export(path, tmp_path / "sent.jsonl.gz", scrubber).path)
    original = load(path)
    assert (found.header.plan, found.blocks) == (original.header.plan, original.blocks)
    assert [without_text(row) for row in found.rejected_rows] == [without_text(row) for row in original.rejected_rows]


def without_text(row: Any) -> Any:
    return msgspec.structs.replace(row, reason="", trace="", printed=[])


def test_names_of_this_host_and_user_and_of_homes_in_the_file_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "tower.lan")
    monkeypatch.setattr("getpass.getuser", lambda: "alice")
    row = msgspec.structs.replace(ROW, printed=["tower ALICE bob", "/home/bob/x", "malice towers"])
    path = saved(tmp_path / "run.jsonl", records=[row])
    found = load(export.export(path, tmp_path / "sent.jsonl.gz").path)
    assert found.rows[0].printed == [f"{HOST} {USER} {USER}", PATH, "malice towers"]


def test_a_name_that_is_also_one_of_a_cell_or_the_processor_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "threads")
    monkeypatch.setattr("getpass.getuser", lambda: "amd")
    path = saved(tmp_path / "run.jsonl", records=[failed(CELLS[0], 1, reason="threads of amd")])
    found = load(export.export(path, tmp_path / "sent.jsonl.gz").path)
    assert (found.rows[0].cell, found.rows[0].reason) == (CELLS[0].cell, "threads of amd")
    assert found.header.environment["cpu_model"].value == "EPYC of AMD"


def test_the_kept_reference_run_is_small_and_names_no_host_no_user_and_no_folder(tmp_path: Path) -> None:
    written = export.export(kept(), tmp_path / "sent.jsonl.gz")
    assert written.size == written.path.stat().st_size <= 1_000_000
    text = gzip.decompress(written.path.read_bytes()).decode()
    names = {*scrubbing.names_here(), *scrubbing.names_in(text)}
    assert [name for name in names if scrubbing.pattern_of(name).search(text)] == []
    assert [home for home in scrubbing.homes_here() if len(home) > 1 and home in text] == []
    paths = {found[0] for value in texts_of(written.path) for found in scrubbing.PATHS.finditer(value)}
    assert [path for path in paths if not scrubbing.SYSTEM.match(path)] == []
    assert not re.search(r"/(?:home|Users|root|tmp|work|usr|opt)/", text)


def texts_of(path: Path) -> list[str]:
    """Every text in a file, the keys too."""
    found: list[str] = []

    def add(value: Any) -> None:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, (list, dict)):
            for each in value:
                add(each)
            for each in value.values() if isinstance(value, dict) else ():
                add(each)

    for _, record, _ in lines.lines_of(path):
        add(msgspec.json.decode(record))
    return found


def test_the_reference_run_loads_validates_and_compares_as_the_original_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = export.export(kept(), tmp_path / "sent.jsonl.gz").path
    assert msgspec.structs.replace(load(path), path="") == msgspec.structs.replace(load(kept()), path="")
    assert validation.examine(path).complaints == []
    outs = []
    for one in (kept(), path):
        assert cli.main(["compare", str(kept()), str(one), "--json", "--results", str(tmp_path)]) == 0
        outs.append(capsys.readouterr().out)
    assert outs[0] == outs[1]


def test_a_report_of_it_is_that_of_the_original(tmp_path: Path) -> None:
    path = write(full(PROFILES["smoke"]), tmp_path / "run.jsonl")
    sent = export.export(path, tmp_path / "sent.jsonl.gz").path
    assert report.as_json([load(sent)]) == report.as_json([load(path)])


def test_it_is_called_after_the_run_and_lies_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path / "results" / "one" / "run.jsonl")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["export", "--results", "results"]) == 0
    out, err = capsys.readouterr()
    assert out == "20260102T030405Z-3.13.1.study.jsonl.gz\n"
    assert re.fullmatch(r"study: \d kB; \d+ texts held a name or a path, which is replaced\.\n", err)
    assert load(Path(out.strip())).header.plan == load(path).header.plan


@pytest.mark.parametrize("run", ["../../escaped", "a/b", ".hidden", "con\n", "x" * 150])
def test_a_run_whose_name_is_none_for_a_file_is_called_as_its_journal_is(
    run: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scrubber: Scrubber
) -> None:
    path = saved(tmp_path / "given.jsonl", msgspec.structs.replace(HEADER, run=run))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert export.export(path, None, scrubber).path == Path("given.study.jsonl.gz")


def test_it_is_plain_text_when_its_name_says_so(tmp_path: Path, scrubber: Scrubber) -> None:
    path = saved(tmp_path / "run.jsonl")
    plain, packed = (export.export(path, tmp_path / name, scrubber).path for name in ("a.jsonl", "a.jsonl.gz"))
    assert plain.read_bytes() == gzip.decompress(packed.read_bytes())


def test_the_same_run_gives_the_same_bytes(tmp_path: Path, scrubber: Scrubber) -> None:
    path = saved(tmp_path / "run.jsonl")
    one, other = (export.export(path, tmp_path / name, scrubber).path for name in ("a.gz", "b.gz"))
    assert one.read_bytes() == other.read_bytes()


def test_no_file_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = saved(tmp_path / "run.jsonl")
    before = path.read_bytes()
    assert cli.main(["export", str(path), "--output", str(path)]) == 2
    assert f"{path} exists already and is not overwritten; name another with --output." in capsys.readouterr().err
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"nowhere/x\.gz: No such file or directory; name another file with"):
        export.export(saved(tmp_path / "run.jsonl"), tmp_path / "nowhere" / "x.gz")


def test_a_last_line_that_was_cut_off_is_left_out_and_told(tmp_path: Path) -> None:
    path = saved(tmp_path / "run.jsonl")
    path.write_bytes(path.read_bytes()[:-5])
    written = export.export(path, tmp_path / "sent.jsonl.gz")
    assert "the last line was cut off and is left out" in written.told
    assert validation.examine(written.path).complaints == []


def test_more_than_a_packed_file_may_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST_UNPACKED", 1 << 10)
    path = saved(tmp_path / "run.jsonl")
    with pytest.raises(JournalError, match=r"that a packed file may hold; name an --output without \.gz"):
        export.export(path, tmp_path / "sent.jsonl.gz")
    assert not (tmp_path / "sent.jsonl.gz").exists()
    assert load(export.export(path, tmp_path / "sent.jsonl").path).blocks == load(path).blocks


def test_a_file_that_is_too_large_for_some_says_so() -> None:
    assert "more than 1 MB" in export.Exported(Path("x"), 1_200_000, 0, torn=False).told


PATHS = {
    "/home/me": PATH,
    "(/root)": f"({PATH})",
    "see /a/b, /c/d.": f"see {PATH}, {PATH}.",
    "PATH=/a/b:/c/d": f"PATH={PATH}:{PATH}",
    "-I/usr/include -L/home/x/lib": f"-I{PATH} -L{PATH}",
    "file:///home/bob/x": f"file:{PATH}",
    'File "/home/bob/a b/c.py", line 3': f'File "{PATH}", line 3',
    "'/home/bob/a b/c.py'": f"'{PATH}'",
    "~/x/y or ~bob/z": f"{PATH} or {PATH}",
    "C:\\Users\\Bob Smith\\x.py: no": f"{PATH}: no",
    "'C:\\\\Users\\\\bob\\\\x.py'": f"'{PATH}'",
    "\\\\server\\share\\x": PATH,
    "/usr/lib/python3.11/threading.py": f"{PATH}/lib/python3.11/threading.py",
    "/x/lib/python3.11/site-packages/private.py": PATH,
    "/home/me/study/scenarios/lock.py:61": f"{PATH}/study/scenarios/lock.py:61",
}


@pytest.mark.parametrize(("text", "without"), PATHS.items())
def test_a_path_is_replaced_but_for_what_every_reader_has(text: str, without: str) -> None:
    assert Scrubber({}).text(text) == without
    assert Scrubber({}).text(without) == without


@pytest.mark.parametrize(
    "text",
    [
        "lock/threads/width=2",
        "study/scenarios/lock.py:61",
        "https://docs.python.org/3/library",
        "msgs/s and MB/s, 1/2, a // b",
        "/proc/cpuinfo, else /sys/devices/system/cpu and /dev/shm",
        "/.dockerenv, /run/.containerenv, names in /proc/self/cgroup",
    ],
)
def test_what_is_no_path_of_anybodys_stays(text: str) -> None:
    assert Scrubber({}, ["/root"]).text(text) == text


def test_a_home_may_have_spaces() -> None:
    assert Scrubber({}, ["/Users/A B"]).text("in /Users/A B/x.py.") == f"in {PATH}."


@settings(deadline=None)
@given(st.text(), st.sampled_from(["tower", "alice", "Bob-1", "a.b"]), st.text())
def test_a_name_that_stands_by_itself_is_never_left(before: str, name: str, after: str) -> None:
    found = Scrubber({name: USER}).text(f"{before} {name} {after}")
    assert not scrubbing.pattern_of(name).search(found)


def test_keys_that_become_alike_are_kept_apart() -> None:
    assert Scrubber({}).everything({"/a/x": 1, "/b/x": 2}) == {PATH: 1, f"{PATH} (1)": 2}


def test_a_field_of_limited_length_is_not_made_longer(scrubber: Scrubber) -> None:
    assert len(scrubber.text("alice " * 33)) == 200


@pytest.mark.parametrize("unit", ["/", "\\", "C:\\", "'/", '"/', "~", "/lib/python3/", "-I/", "/home/", ", ", "a."])
def test_no_text_takes_long(unit: str, scrubber: Scrubber) -> None:
    """A pattern that looks at each character again for each other one would not end here."""
    scrubber.text(unit * (400_000 // len(unit)))

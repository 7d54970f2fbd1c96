"""Hazards that do one thing each, in a copy of what the measured interpreter sees, where waiting is short."""

import shutil
import sys
from pathlib import Path

import psutil
import pytest

from study import hazards, launch

ROOT = Path(__file__).resolve().parent.parent
SEEN = ("backends", "study/child", "study/__init__.py", "study/discovery.py", "study/hazards/__init__.py")
SEEN += ("study/hazard.py", "study/scenario.py", "study/stopwatch.py", "study/trace.py")
HANG_S = 1.0  # in the copy, of a call with a limit
PATIENCE_S = 5.0  # of a fake: long enough for an interpreter to start on a busy machine

#: name -> body
FAKES = {
    "works": 'watch.call("count", abs, -1)',
    "raises": 'watch.call("parse", fail)\nwatch.afterwards("parse again", int, "1")\nwatch.afterwards("fail again", fail)',
    "dies": 'watch.call("die", os.kill, os.getpid(), signal.SIGKILL)',
    "quits": 'sys.stderr.write("enough\\n")\nwatch.call("quit", os._exit, 3)',
    "ends_itself": 'watch.ends_itself()\nwatch.call("end", os.kill, os.getpid(), signal.SIGKILL)',
    "hangs": 'watch.call("wait", wait_for_ever)',
    "hangs_for_a_while": 'watch.wait("get", give_up_after)\nwatch.afterwards("close", abs, 1)',
    "hangs_afterwards": 'watch.call("parse", fail)\nwatch.afterwards("join", wait_for_ever)',
    "hangs_at_its_end": 'watch.call("count", abs, -1)\nthreading.Thread(target=wait_for_ever).start()',
    "hangs_with_all_it_has": "ignore_and_hang()",
    "loses": 'watch.call("send", abs, 1)\nwatch.finds("loses data", "1 of 2 arrived")',
    "is_wrong": 'watch.finds("wrong answer", "3 instead of 4")',
    "answers": 'watch.answers("a copy", "what arrives is another object")',
    "leaves_orphan": 'watch.call("count", abs, -1)\nos.fork() or time.sleep(3600)',
    "leaves_stubborn_orphan": "os.fork() or (signal.signal(signal.SIGTERM, signal.SIG_IGN), time.sleep(3600))",
    "leaks": 'open("/dev/shm/" + name, "w").close()\nwatch.leaves(name)',
    "leaves_files": 'tempfile.mkstemp()\nwatch.call("count", abs, -1)',
    "writes_much": 'sys.stderr.write("\\udcff x" * 100_000)\nsys.stdout.write("9\\tno\\tevent\\n")\nwatch.call("count", abs, -1)',
}
TEMPLATE = '''"""Does it?"""
import multiprocessing, os, signal, sys, tempfile, threading, time
from study.hazard import Hazard
from study.trace import say

name = "study-test-%d" % os.getpid()

def fail():
    try:
        int("x")
    except ValueError as error:
        raise KeyError("no such luck") from error

def wait_for_ever():
    threading.Event().wait()

def give_up_after(limit):
    time.sleep(limit)
    raise TimeoutError

def hang_on(lock):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    say("child", "waits")
    wait_for_ever()

def ignore_and_hang():
    mp = multiprocessing.get_context("spawn")
    lock = mp.Lock()
    say("main", "made", lock._semlock.name)
    with open("made", "w") as file:
        file.write(lock._semlock.name)
    mp.Process(target=hang_on, args=(lock,)).start()
    hang_on(lock)

def serial(mp, watch):
{body}

HAZARD = Hazard(
    title="It", question=__doc__, group="the main file", patience_s={patience_s},
    styles={{"serial": serial}}, absent={{"workers": "no", "executor": "no"}}, tries={tries},
)
'''


def fake_tree(folder: Path) -> Path:
    """Copy ring 0 to the folder, with the fakes as its only hazards."""
    for name in SEEN:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, target)
    declared = folder / "study" / "hazard.py"
    declared.write_text(declared.read_text().replace("HANG_S = 10.0", f"HANG_S = {HANG_S}"))
    for name, body in FAKES.items():
        indented = "\n".join(f"    {line}" for line in body.splitlines())
        text = TEMPLATE.format(body=indented, patience_s=PATIENCE_S, tries=2 if name == "answers" else 1)
        (folder / "study" / "hazards" / f"{name}.py").write_text(text)
    return folder


def use(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this process look for hazards and for the child there."""
    for name in FAKES:
        monkeypatch.setitem(
            sys.modules, f"study.hazards.{name}", None
        )  # restored, and so forgotten, when the test ends
        del sys.modules[f"study.hazards.{name}"]
    monkeypatch.setattr(hazards, "__path__", [str(tree / "study" / "hazards")])
    monkeypatch.setattr(launch, "BARE", tree / "study" / "child" / "bare.py")


def living_in(folder: Path) -> list[psutil.Process]:
    """The processes whose temporary files lie below that folder, this one apart."""
    found = []
    for process in psutil.process_iter():
        try:
            mine = process.environ().get("TMPDIR", "").startswith(str(folder))
            if mine and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found

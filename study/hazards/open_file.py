"""A worker is given an open file as an argument and writes a line: does the file arrive, and the line?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

PATH, LINE = "notes.txt", "a line"


def write(file: "Any") -> None:
    file.write(LINE)
    file.flush()


def workers(mp: "Any", watch: "Watch") -> None:
    with open(PATH, "w", encoding="utf-8") as file:
        worker = mp.Process(target=write, args=(file,))
        watch.call("start", worker.start)
        if watch.raised is None:
            worker.join()
    look(watch)


def executor(mp: "Any", watch: "Watch") -> None:
    with open(PATH, "w", encoding="utf-8") as file, mp.Executor(max_workers=1) as pool:
        watch.call("submit", lambda: pool.submit(write, file).result())
    look(watch)


def serial(_mp: "Any", watch: "Watch") -> None:
    with open(PATH, "w", encoding="utf-8") as file:
        watch.call("write", write, file)
    look(watch)


def look(watch: "Watch") -> None:
    with open(PATH, encoding="utf-8") as file:
        if watch.raised is None and file.read() != LINE:
            watch.finds("loses data", "the worker wrote, and nothing is in the file")


HAZARD = Hazard(
    title="A worker is given an open file",
    question=__doc__,
    group="what travels",
    rank=44,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

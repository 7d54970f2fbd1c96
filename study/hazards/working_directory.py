"""A worker changes its working directory: does its parent move with it?"""

import os

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

FOLDER = "elsewhere"


def move() -> None:
    os.chdir(FOLDER)


def workers(mp: "Any", watch: "Watch") -> None:
    os.mkdir(FOLDER)
    with mp.Pool(1) as pool:
        pool.apply(move)
        tell(watch)


def executor(mp: "Any", watch: "Watch") -> None:
    os.mkdir(FOLDER)
    with mp.Executor(max_workers=1) as pool:
        pool.submit(move).result()
        tell(watch)


def serial(_mp: "Any", watch: "Watch") -> None:
    os.mkdir(FOLDER)
    move()
    tell(watch)


def tell(watch: "Watch") -> None:
    if os.path.basename(os.getcwd()) == FOLDER:
        os.chdir(os.pardir)
        watch.answers("seen", "a process has one working directory, and this one moved for everybody in it")
    else:
        watch.answers("not seen", "each process has a working directory of its own")


HAZARD = Hazard(
    title="A worker changes directory",
    question=__doc__,
    group="what is shared",
    rank=40,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

"""The main file starts a Manager without `if __name__ == "__main__"`: does the caller know what went wrong?"""

from study.hazard import HANG_S, Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

PROGRAM = """\
import multiprocessing

with multiprocessing.get_context("{method}").Manager() as manager:
    print(manager.dict(answer=42))
"""


def workers(mp: "Any", watch: "Watch") -> None:
    watch.script("python program.py", PROGRAM.format(method=mp.get_start_method()))


HAZARD = Hazard(
    title="A Manager and no guard in the main file",
    question=__doc__,
    group="the main file",
    rank=13,
    styles={"multiprocessing": workers},
    absent={
        "serial": "a single thread shares with nobody and needs no Manager",
        "threading": "threads see the same objects and need no Manager",
        "concurrent.futures": "a Manager is multiprocessing's: measured with its processes",
    },
    patience_s=2 * HANG_S,
)

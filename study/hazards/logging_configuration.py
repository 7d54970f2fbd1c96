"""The program configures logging to a file: does what a worker logs arrive there?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

FILE = "log.txt"


def work() -> None:
    import logging

    logging.getLogger("worker").info("at work")


def configure() -> None:
    import logging

    logging.basicConfig(filename=FILE, level=logging.INFO)


def workers(mp: "Any", watch: "Watch") -> None:
    configure()
    with mp.Pool(1) as pool:
        pool.apply(work)
    tell(watch)


def executor(mp: "Any", watch: "Watch") -> None:
    configure()
    with mp.Executor(max_workers=1) as pool:
        pool.submit(work).result()
    tell(watch)


def serial(_mp: "Any", watch: "Watch") -> None:
    configure()
    work()
    tell(watch)


def tell(watch: "Watch") -> None:
    with open(FILE, encoding="utf-8") as file:
        arrived = "at work" in file.read()
    if arrived:
        watch.answers("seen", "the worker's line is in the file")
    else:
        watch.answers(
            "not seen",
            "the worker's logging is not configured: do it in an initializer, or send records by a QueueHandler",
        )


HAZARD = Hazard(
    title="Logging is configured",
    question=__doc__,
    group="what travels",
    rank=70,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

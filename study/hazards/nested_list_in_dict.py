"""A manager's dict holds a list, and a worker appends to it: does its parent see it? And with a manager's list in the dict?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def append(shared: "Any") -> None:
    shared["list"].append("new")
    shared["manager's list"].append("new")


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Manager() as manager:
        shared, inner = shared_dict(manager)
        worker = mp.Process(target=append, args=(shared,))
        worker.start()
        worker.join()
        tell(watch, shared["list"], list(inner))


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Manager() as manager, mp.Executor(max_workers=1) as pool:
        shared, inner = shared_dict(manager)
        pool.submit(append, shared).result()
        tell(watch, shared["list"], list(inner))


def serial(_mp: "Any", watch: "Watch") -> None:
    inner: list[str] = []
    shared: dict[str, list[str]] = {"list": [], "manager's list": inner}
    append(shared)
    tell(watch, shared["list"], inner)


def shared_dict(manager: "Any") -> "tuple[Any, Any]":
    shared, inner = manager.dict(), manager.list()
    shared["list"] = []
    shared["manager's list"] = inner
    return shared, inner


def tell(watch: "Watch", plain: "list[str]", managed: "list[str]") -> None:
    if plain and managed:
        watch.answers("seen", "what is in the dict is the list itself")
    elif managed:
        watch.answers(
            "lost",
            "d[key] is a copy, and the copy grew; what was appended to a manager's list inside the dict is there",
        )
    else:
        watch.answers("lost in both", "neither list grew")


HAZARD = Hazard(
    title="A list in a shared dict grows",
    question=__doc__,
    group="what is shared",
    rank=22,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

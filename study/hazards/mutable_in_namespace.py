"""A manager's Namespace holds a list, and a worker appends to it: does its parent see it?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def append(namespace: "Any") -> None:
    namespace.value.append("This is the value")


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Manager() as manager:
        namespace = manager.Namespace()
        namespace.value = []
        worker = mp.Process(target=append, args=(namespace,))
        worker.start()
        worker.join()
        tell(watch, namespace.value)


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Manager() as manager, mp.Executor(max_workers=1) as pool:
        namespace = manager.Namespace()
        namespace.value = []
        pool.submit(append, namespace).result()
        tell(watch, namespace.value)


def serial(_mp: "Any", watch: "Watch") -> None:
    import types

    namespace = types.SimpleNamespace(value=[])
    append(namespace)
    tell(watch, namespace.value)


def tell(watch: "Watch", value: "list[str]") -> None:
    if value:
        watch.answers("seen", "the attribute is the list itself")
    else:
        watch.answers("lost", "namespace.value is a copy: change it and assign it again, or put a manager's list there")


HAZARD = Hazard(
    title="A list in a namespace grows",
    question=__doc__,
    group="what is shared",
    rank=20,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

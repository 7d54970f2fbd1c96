"""A task is given an object that holds a lock, which cannot be pickled: what does the caller see?"""

import threading

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


class Account:
    def __init__(self) -> None:
        self.balance = 7
        self.lock = threading.Lock()


def balance_of(account: Account) -> int:
    return account.balance


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(2) as pool:
        watch.call("apply", pool.apply, balance_of, (Account(),))
        watch.afterwards("map again", pool.map, abs, range(2))


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=2) as pool:
        watch.call("submit", lambda: pool.submit(balance_of, Account()).result())
        watch.afterwards("submit again", lambda: pool.submit(abs, 0).result())


HAZARD = Hazard(
    title="An argument that cannot be pickled",
    question=__doc__,
    group="something cannot travel",
    rank=10,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "nothing travels: the loop and what it calls are in one thread"},
)

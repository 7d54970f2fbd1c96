"""What becomes of each hazard in which something cannot travel: seen on CPython 3.10 to 3.14."""

NO_NAME = {(3, 10): "raises AttributeError", (3, 14): "raises PicklingError"}


def refused(by_pool, by_executor, by_interpreters="raises NotShareableError"):
    """Threads pass on the object itself; a serial loop passes on nothing."""
    return {
        "serial": "absent",
        "threads": "works",
        "processes": by_pool,
        "executors.thread": "works",
        "executors.processes": by_executor,
        "executors.interpreter": by_interpreters,
    }


EXPECTED = {
    "unpicklable_argument": refused("raises TypeError", "raises TypeError"),
    "lambda_task": refused(NO_NAME, NO_NAME, "works"),  # its code is sent, which holds nothing but itself
    "closure_task": refused(NO_NAME, NO_NAME),
    "local_class_argument": refused(NO_NAME, NO_NAME),
    "generator_argument": refused("raises TypeError", "raises TypeError"),
    "primitive_as_argument": refused("raises RuntimeError", "raises RuntimeError", "works"),  # a manager's lock
    "unpickling_argument_raises": refused("hangs", "raises BrokenProcessPool"),
    "unpicklable_result": refused("raises MaybeEncodingError", "raises TypeError"),
    "lambda_result": refused("raises MaybeEncodingError", NO_NAME, "works"),
    "unpickling_result_raises": refused("hangs", "raises BrokenProcessPool"),
}

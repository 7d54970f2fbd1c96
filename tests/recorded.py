"""What Python 3.14 says where it has pools of interpreters, and what one says where shared memory is full: as it was written."""

TEXTS = {
    "not_shareable": """\
Traceback (most recent call last):
  File "program.py", line 5, in t
    try: f()
         ~^^
  File "program.py", line 8, in a
    with InterpreterPoolExecutor(1) as e: e.submit(print, threading.Lock()).result()
                                          ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~^^
  File "/usr/lib/python3.14/concurrent/futures/_base.py", line 454, in result
    return self.__get_result()
           ~~~~~~~~~~~~~~~~~^^
  File "/usr/lib/python3.14/concurrent/futures/_base.py", line 396, in __get_result
    raise self._exception
  File "/usr/lib/python3.14/concurrent/futures/thread.py", line 86, in run
    result = ctx.run(self.task)
  File "/usr/lib/python3.14/concurrent/futures/interpreter.py", line 84, in run
    return self.interp.call(do_call, self.results, *task)
           ~~~~~~~~~~~~~~~~^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.14/concurrent/interpreters/__init__.py", line 244, in call
    return self._call(callable, args, kwargs)
           ~~~~~~~~~~^^^^^^^^^^^^^^^^^^^^^^^^
concurrent.interpreters.NotShareableError: (Queue(1), <built-in function print>, \
(<unlocked _thread.lock object at 0x7f07d3274250>,), {}) does not support cross-interpreter data
""",
    "fork_in_an_interpreter": """\
Traceback (most recent call last):
  File "/usr/lib/python3.14/concurrent/interpreters/__init__.py", line 228, in _call
    raise ExecutionFailed(excinfo)
concurrent.interpreters.ExecutionFailed: RuntimeError: fork not supported for isolated subinterpreters

Uncaught in the interpreter:

Traceback (most recent call last):
  File "/usr/lib/python3.14/concurrent/futures/interpreter.py", line 11, in do_call
    return func(*args, **kwargs)
RuntimeError: fork not supported for isolated subinterpreters

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "program.py", line 10, in b
    with InterpreterPoolExecutor(1) as e: e.submit(os.fork).result()
                                          ~~~~~~~~~~~~~~~~~~~~~~~~^^
  File "/usr/lib/python3.14/concurrent/futures/interpreter.py", line 91, in run
    raise exc from wrapper
RuntimeError: fork not supported for isolated subinterpreters
""",
    "interpreter_pool_broken": """\
Traceback (most recent call last):
  File "program.py", line 12, in c
    with InterpreterPoolExecutor(1, initializer=fail) as e: e.submit(print).result()
                                                            ~~~~~~~~~~~~~~~~~~~~~~^^
  File "/usr/lib/python3.14/concurrent/futures/_base.py", line 454, in result
    return self.__get_result()
           ~~~~~~~~~~~~~~~~~^^
  File "/usr/lib/python3.14/concurrent/futures/_base.py", line 396, in __get_result
    raise self._exception
concurrent.futures.interpreter.BrokenInterpreterPool: A thread initializer failed, the thread pool is not usable anymore
""",
    "shared_memory_full": """\
Traceback (most recent call last):
  File "program.py", line 12, in <module>
    spawn.Lock()
    ~~~~~~~~~~^^
  File "/usr/lib/python3.13/multiprocessing/context.py", line 68, in Lock
    return Lock(ctx=self.get_context())
  File "/usr/lib/python3.13/multiprocessing/synchronize.py", line 169, in __init__
    SemLock.__init__(self, SEMAPHORE, 1, 1, ctx=ctx)
    ~~~~~~~~~~~~~~~~^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.13/multiprocessing/synchronize.py", line 57, in __init__
    sl = self._semlock = _multiprocessing.SemLock(
                         ~~~~~~~~~~~~~~~~~~~~~~~~^
        kind, value, maxvalue, self._make_name(),
        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        unlink_now)
        ^^^^^^^^^^^
OSError: [Errno 28] No space left on device
""",
}

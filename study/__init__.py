"""A comparison study of Python's concurrency backends, run on the reader's own machine.

A scenario says what is asked, a backend says what the names mean, a child interpreter measures one cell, a journal keeps every
sample, and everything a reader sees is recomputed from the journal.

    ring 3  charts -> report -> cli          matplotlib, jinja2
    ring 2  summary -> tables                pandas, numpy, scipy
    ring 1  plan -> campaign; environment -> journal; script     standard library, psutil, msgspec
    ring 0  scenarios -> scenario, stopwatch, trace; child -> scenario, backends     light standard library
"""

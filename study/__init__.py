"""A comparison study of Python's concurrency backends, run on the reader's own machine.

A scenario says what is asked, a backend says what the names mean, a child interpreter measures one cell, a journal keeps every
sample, and everything a reader sees is recomputed from the journal.

Imports point inwards only:

    ring 3  matplotlib, jinja2     cli -> actions, run, demo, listing, doctor, failures: the commands
                                   report -> chapters: the page, from sections, sentences, sheets, transcripts and charts
                                   view, provenance, bodies: what is chosen on it, where its numbers come from, whose code
                                   charts: one function a chart, from panels, palette and drawing
    ring 2  pandas, numpy, scipy   frame -> tables, particulars: a journal as a tidy frame, and the tables made of it
                                   summary, fits, laws: intervals, paired ratios, verdicts, laws of scaling
                                   sessions, between: what may be said of campaigns at different times
                                   paired, compare -> contrast, beside: a run against others, in pairs within one campaign
                                   published, launches, jobs: what others claim; what a launch form changes; which job pays
                                   selfcheck, trials -> proof: the study against scripts in plain/ and known delays
                                   accounts -> semantics -> symptoms: what was seen of each hazard, and how it is found
    ring 1  psutil, msgspec        preparation -> plan -> campaign -> launch: from options to measured rows
                                   interpreters, interleaving, resumption: several Pythons in the same blocks
                                   environment, cgroup, lines -> journal, observations: facts, the file, what a block says
                                   plausibility -> validation, scrubbing -> export: files that others send, or are sent
                                   noise, budget: which blocks are measured again, and what fits into some time
                                   script: a scenario in a library's own names, from naming, rewriting, extraction, layout
                                   matrix -> attempt, warden -> outcomes, sightings: every hazard on every backend
                                   processors, garbage: what a report is made with
                                   atlas: what an error or a standstill means, and what to do about it
    ring 0  light standard library scenarios, scenario, stopwatch, trace: what is asked, measured and judged
                                   hazards, hazard: what goes wrong or differs, and how a body tells it
                                   child: what runs inside the measured interpreter
"""

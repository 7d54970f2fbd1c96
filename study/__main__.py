"""``python -m study``."""

import gc

from study.cli import main


def run() -> int:
    """The exit code of one command, with which the process ends."""
    code = main()
    gc.freeze()  # or Python would look for garbage in all that is left: half a second after a report
    return code


if __name__ == "__main__":
    raise SystemExit(run())

"""A main file like that of a real program: a typical list of imports, which every spawned worker runs again, and the guard."""

# ruff: noqa: F401 - imported to be paid for, not to be used

import argparse
import asyncio
import collections
import contextlib
import csv
import dataclasses
import datetime
import decimal
import email.message
import hashlib
import http.client
import json
import logging
import pathlib
import random
import re
import subprocess
import tempfile
import typing
import unittest
import urllib.request

with contextlib.suppress(ImportError):  # a Python may have been built without it
    import sqlite3

if __name__ == "__main__":
    import os
    import sys

    sys.path[0] = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from study.child.session import serve

    serve(int(sys.argv[1]), int(sys.argv[2]))

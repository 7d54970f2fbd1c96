"""Does ``-k`` choose cells as pytest's does, and refuse what makes no sense?"""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from study.plan import matcher

on_a_busy_machine_too = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
LOCK = "lock/processes.spawn/width=2"


@pytest.mark.parametrize(
    ("expression", "matches"),
    [
        ("", True),
        ("lock", True),
        ("LOCK", True),
        ("spawn", True),
        ("width=2", True),
        ("lock/processes.spawn/width=2", True),
        ("fork", False),
        ("not fork", True),
        ("not lock", False),
        ("not not lock", True),
        ("lock and spawn", True),
        ("lock and fork", False),
        ("fork or spawn", True),
        ("fork or threads", False),
        ("not fork and lock", True),
        ("fork and lock or spawn", True),  # `and` binds before `or`
        ("spawn or lock and fork", True),
        ("(spawn or lock) and fork", False),
        ("not (fork or threads)", True),
        ("((lock))", True),
        ("lock and not (fork or (threads and serial))", True),
    ],
)
def test_an_expression_chooses_cells_as_pytest_does(expression, matches):
    assert matcher(expression)(LOCK) is matches


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("lock spawn", "'spawn' is not expected"),
        ("lock)", r"'\)' is not expected"),
        ("lock AND spawn", "'AND' is not expected"),
        ("lock not spawn", "'not' is not expected"),
        ("(lock", "parenthesis is not closed"),
        ("(lock or", "ends too early"),
        ("lock and", "ends too early"),
        ("not", "ends too early"),
        ("and lock", "word is missing before 'and'"),
        ("lock and or spawn", "word is missing before 'or'"),
        ("()", r"word is missing before '\)'"),
        ("(lock and) spawn", r"word is missing before '\)'"),
    ],
)
def test_an_expression_that_makes_no_sense_is_refused_with_a_reason(expression, complaint):
    with pytest.raises(ValueError, match=f"^-k.*{complaint}"):
        matcher(expression)


EXPRESSIONS = st.recursive(
    st.sampled_from(["lock", "spawn", "fork", "threads", "width=2"]),
    lambda inner: st.one_of(
        inner.map(lambda one: f"not {one}"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join),
        inner.map(lambda one: f"({one})"),
    ),
)


@on_a_busy_machine_too
@given(EXPRESSIONS)
def test_an_expression_means_what_it_means_in_python(expression):
    words = {"lock", "spawn", "fork", "threads", "width=2"}
    python = " ".join(repr(word in LOCK) if word in words else word for word in tokens_of(expression))
    assert matcher(expression)(LOCK) is eval(python)


def tokens_of(expression):
    return expression.replace("(", " ( ").replace(")", " ) ").split()


@on_a_busy_machine_too
@given(st.text(alphabet="ab ()andort", max_size=30))
def test_any_text_is_an_expression_or_refused(text):
    with contextlib.suppress(ValueError):
        assert matcher(text)("a/b/width=2") in (True, False)

"""A statement is laid out anew without a change of what it means, and a second time changes nothing more."""

import ast
import io
import tokenize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from busy import on_a_busy_machine_too
from study.layout import INDENT, LIMIT_COLUMNS, layout, statements

LONG = "argument_that_is_quite_long"


@pytest.mark.parametrize(
    ("written", "laid_out"),
    [
        (f"call({LONG},\n     {LONG})\n", f"call({LONG}, {LONG})\n"),
        (
            f"with call({LONG * 2}, {LONG * 2}, 1) as it:\n    pass\n",
            f"with call(\n    {LONG * 2}, {LONG * 2}, 1\n) as it:\n    pass\n",
        ),
        (f"call({LONG * 3}, {LONG * 3})\n", f"call(\n    {LONG * 3},\n    {LONG * 3},\n)\n"),
        (f"x = [{LONG * 3} for a, b in {LONG * 3}]\n", f"x = [\n    {LONG * 3}\n    for a, b in {LONG * 3}\n]\n"),
        ("kept = [\n    1,\n    2,\n]\n", "kept = [\n    1,\n    2,\n]\n"),
        ("one = (\n    1,\n)\n", "one = (1,)\n"),
        ("call(\n    1,\n)\n", "call(\n    1,\n)\n"),
        ("call(1)(\n    2,\n)\n", "call(1)(\n    2,\n)\n"),
        ("return (\n    1,\n)\n", "return (1,)\n"),
        ("(\n    1,\n)\n", "(1,)\n"),
        ("kept = (\n    1,\n    2,\n)\n", "kept = (\n    1,\n    2,\n)\n"),
        ("kept = (\n    1  # why\n    + 2\n)\n", "kept = (\n    1  # why\n    + 2\n)\n"),
        ('text = """two\nlines"""\n', 'text = """two\nlines"""\n'),
        (f"call(f\"{{{LONG}}} {{'a'}}\", (\n    1))  # why\n", f"call(f\"{{{LONG}}} {{'a'}}\", (1))  # why\n"),
    ],
)
def test_a_statement_is_broken_where_it_is_too_long_and_joined_where_it_is_not(written: str, laid_out: str) -> None:
    assert layout(written) == laid_out
    assert layout(laid_out) == laid_out


WORDS = st.sampled_from(
    ["a", "number_of_workers", '"text, (with) [brackets]"', "f'{a} {b!r}'", "-1", "x.y", "(not z)", LONG]
)


def grouped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Calls, lists, tuples, dictionaries and comprehensions of what is given."""
    several = st.lists(inner, min_size=1, max_size=5).map(", ".join)
    return st.one_of(
        several.map("call({})".format),
        several.map("obj.method({}, key=1)".format),
        several.map("[{}]".format),
        several.map("({},)".format),
        st.tuples(inner, inner).map(lambda pair: f"{{{pair[0]}: {pair[1]}}}"),
        st.tuples(inner, inner).map(lambda pair: f"[{pair[0]} for n in {pair[1]} if n]"),
        st.tuples(inner, inner).map(lambda pair: f"(({pair[0]}) + {pair[1]})"),
    )


EXPRESSIONS = st.recursive(WORDS, grouped, max_leaves=25)
FORMS = st.sampled_from(["{}", "x = {}", "assert {}  # why", "return_value = table[0] = {}", "del d[{}]"])
BLOCKS = st.sampled_from(["with {} as it:", "for n in {}:", "if {}:  # why", "while {}:"])


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Some statements, those in blocks indented."""
    depth, lines = 0, []
    for _ in range(draw(st.integers(1, 4))):
        is_block = draw(st.booleans())
        lines.append(INDENT * depth + draw(BLOCKS if is_block else FORMS).replace("{}", draw(EXPRESSIONS), 1))
        depth += is_block
    return "\n".join([*lines, INDENT * depth + "pass"]) + "\n"


@on_a_busy_machine_too
@given(programs())
def test_the_meaning_of_a_program_does_not_change(text: str) -> None:
    assert ast.dump(ast.parse(layout(text))) == ast.dump(ast.parse(text))


@on_a_busy_machine_too
@given(programs())
def test_what_is_laid_out_stays_as_it_is(text: str) -> None:
    once = layout(text)
    assert layout(once) == once


@on_a_busy_machine_too
@given(programs())
def test_no_line_becomes_longer_than_allowed_unless_it_was_so(text: str) -> None:
    longest = max(map(len, text.splitlines()))
    assert max(map(len, layout(text).splitlines())) <= max(LIMIT_COLUMNS + len("  # why"), longest)


@on_a_busy_machine_too
@given(programs())
def test_every_comment_survives(text: str) -> None:
    assert comments(layout(text)) == comments(text)


def comments(text: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


@on_a_busy_machine_too
@given(EXPRESSIONS)
def test_a_short_statement_stands_on_one_line_however_it_was_broken(expression: str) -> None:
    text = f"call({expression})\n"
    if len(text) <= LIMIT_COLUMNS and ",)" not in text:
        broken = text.replace("(", "(\n", 1)
        assert layout(broken) == text


@pytest.mark.parametrize(
    "text",
    [
        "# Above.\n\n\ndef f():\n    # Within.\n    pass\n    # Behind.\n",
        '"""A docstring\n\n    over lines.\n"""\n',
        'x = f("""a\n  b""", 1)\n',
        "x = [  # opened\n    1,\n]\n",
        "x = (1 +\n     # between\n     2)\n",
        "class C:\n    pass\n",
        "x = 1; y = 2\n",
        "\n",
    ],
    ids=["comments", "docstring", "text over lines", "comment at bracket", "comment between", "class", "two", "blank"],
)
def test_what_cannot_be_moved_safely_is_left_as_it_is(text: str) -> None:
    assert layout(text) == text


@pytest.mark.parametrize(
    "written",
    ["x = f(\n    a\n)\n", "x = f(a\n)\n", "x = f(\n    a)\n", "x = \\\n    f(a)\n", "x = (f)(\n  a)\n"],
)
def test_a_statement_that_fits_is_joined_without_stray_blanks(written: str) -> None:
    joined = layout(written)
    assert "\n" not in joined.rstrip("\n")
    assert "  " not in joined.replace("\\", "")


def test_only_the_last_brackets_of_a_statement_are_broken() -> None:
    text = f"first(a, b).second({LONG * 2}, {LONG * 2})\n"
    assert layout(text) == f"first(a, b).second(\n    {LONG * 2}, {LONG * 2}\n)\n"


def test_inner_brackets_are_broken_only_where_the_outer_ones_do_not_do() -> None:
    text = f"call(inner({LONG * 3}, {LONG * 2}), 1)\n"
    assert layout(text) == (f"call(\n    inner(\n        {LONG * 3},\n        {LONG * 2},\n    ),\n    1,\n)\n")
    text = f"call(inner({LONG * 2}), {'x' * 53})\n"
    assert layout(text) == f"call(\n    inner({LONG * 2}), {'x' * 53}\n)\n"


def test_an_indented_statement_has_less_room() -> None:
    call = f"call({'x' * 80}, {'y' * 28})"
    assert len(layout(call + "\n").splitlines()) == 1
    block = f"if a:\n    if b:\n        if c:\n            {call}\n"
    assert max(map(len, layout(block).splitlines())) <= LIMIT_COLUMNS
    assert len(layout(block).splitlines()) > 4


def test_the_statements_that_may_be_moved_are_those_without_text_or_comment_across_their_lines() -> None:
    text = 'a = 1\nb = """\n"""\nc = [\n    1,  # why\n]\nfor d in e:  # at the end\n    f(\n        1\n    )\n'
    assert [(text[found.begin : found.end], found.indent, found.comment) for found in statements(text)] == [
        ("for d in e:  # at the end", "", "  # at the end"),
        ("    f(\n        1\n    )", INDENT, ""),
    ]


def test_a_bracket_in_a_string_or_a_comment_opens_nothing() -> None:
    text = "a = '(', \"[\\\"{\", f'{{(', rb'\\'  # (\nf(\n    b\n)\n# (\nc = d\n"
    assert layout(text) == text.replace("(\n    b\n)", "(b)")


def test_a_backslash_at_the_end_of_a_comment_joins_nothing() -> None:
    text = "a = 1  # \\\nb = 2\n"
    assert layout(text) == text

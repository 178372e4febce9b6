"""The slow package waits until it is used, and then is what it always was."""

import subprocess
import sys

import pytest

pytest.importorskip("rfc3987_syntax", reason="only JupyterLab's environment has it")

LOADED = "[name for name in ('rfc3987_syntax.syntax_helpers', 'lark') if name in sys.modules]"


@pytest.fixture
def told(environment):
    """What a program prints in a process of its own."""

    def run(program):
        command = [sys.executable, "-c", f"import sys\n{program}"]
        ran = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
        return ran.stdout.splitlines()

    return run


def test_neither_the_case_nor_notebooks_load_it(told):
    assert told(f"import briefing.case, nbformat, jsonschema; print({LOADED})") == ["[]"]


def test_addresses_are_judged_by_the_real_one(told):
    program = f"""
import briefing.case
from jsonschema import FormatChecker
conforms = FormatChecker().conforms
print(conforms("http://müller.example/ü", "iri"), conforms("a b", "iri"), conforms("<>", "iri"))
print(conforms("../ü", "iri-reference"), conforms("<>", "iri-reference"))
print({LOADED})
import rfc3987_syntax
print(rfc3987_syntax.is_valid_syntax.__module__)
"""
    assert told(program) == [
        "True False False",
        "True False",
        "['rfc3987_syntax.syntax_helpers', 'lark']",
        "rfc3987_syntax.syntax_helpers",
    ]


@pytest.mark.parametrize(
    "use",
    [
        "from rfc3987_syntax import parse",
        "from rfc3987_syntax import *; parse, is_valid_syntax_port",
        "import rfc3987_syntax.syntax_helpers as helpers; helpers.parse",
        "import rfc3987_syntax; rfc3987_syntax.make_syntax_validator",
    ],
)
def test_every_other_use_runs_it(told, use):
    assert told(f"import briefing; {use}; print({LOADED})") == [
        "['rfc3987_syntax.syntax_helpers', 'lark']"
    ]


def test_who_only_looks_around_runs_nothing(told):
    look = "import briefing, rfc3987_syntax as it; print(hasattr(it, '__warningregistry__'))"
    assert told(f"{look}; print({LOADED})") == ["False", "[]"]


def test_an_unknown_name_is_refused_as_ever(told):
    assert told("import briefing, rfc3987_syntax as it; print(hasattr(it, 'nothing'))") == ["False"]


def test_threads_that_call_it_at_once_all_get_answers(told):
    program = """
import briefing
from concurrent.futures import ThreadPoolExecutor
from rfc3987_syntax import is_valid_syntax
with ThreadPoolExecutor(8) as pool:
    print(set(pool.map(lambda _: is_valid_syntax("iri", "http://a.example"), range(16))))
"""
    assert told(program) == ["{True}"]


def test_a_module_that_has_run_already_is_left_alone(told):
    program = f"import rfc3987_syntax as it, briefing; print({LOADED}, it.parse.__module__)"
    assert told(program) == [
        "['rfc3987_syntax.syntax_helpers', 'lark'] rfc3987_syntax.syntax_helpers"
    ]

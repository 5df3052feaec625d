"""Answers that want to pass without computing what they are asked for: none passes, in the strong sandbox that answers run in."""

from __future__ import annotations

import pytest

from gpiot_infer.iotbench.cases import Case, close, equal
from gpiot_infer.iotbench.execute import Item, Score, execute_answers, limits_for
from gpiot_infer.iotbench.isolation import open_for_answers

CASES = (Case("25", ([3, 4],), equal(25)), Case("5", ([1, 2],), equal(5)), Case("floats", ([1.0, 2.0],), close(5.0)))
LIMIT_S = 2.0
HONEST = "def f(x):\n    return sum(v * v for v in x)\n"
_FORGED_VALUE = '{\\"int\\": \\"19\\"}'
_FORGED = f"""b'{{"loaded": true, "callable": true}}\\n' + b'{{"value": "{_FORGED_VALUE}"}}\\n' * 3""".replace('\\"', '\\\\"')
_PATCHED = "import sys\nsys.modules['iotbench_values'].encode = lambda value: {text!r}\ndef f(x): return 0\n"
HOSTILE = {
    "empty": "",
    "only a comment": "# sum of squares",
    "no function": "g = 3",
    "no function but a value": "f = 25",
    "os._exit while loading": "import os\nos._exit(0)",
    "os._exit in a call": "import os\ndef f(x): os._exit(0)",
    "sys.exit while loading": "import sys\nsys.exit(0)",
    "sys.exit in a call": "import sys\ndef f(x): sys.exit(0)",
    "exit in a thread": "import os, threading\ndef f(x):\n    t = threading.Thread(target=os._exit, args=(0,)); t.start(); t.join()",
    "exit when the process ends": "import atexit, os\natexit.register(os._exit, 0)\ndef f(x): return 0",
    "equal to everything": "class A:\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\ndef f(x): return A()",
    "a number equal to everything": "class A(int):\n    def __eq__(self, other): return True\n    __hash__ = int.__hash__\n    def __format__(self, spec): return '19'\n    def __index__(self): return 25\ndef f(x): return A(0)",
    "a float close to everything": "class A(float):\n    def __sub__(self, other): return 0.0\n    __rsub__ = __sub__\n    def hex(self): return '0x1.4p2'\ndef f(x): return A(0)",
    "an array equal to everything": "import numpy as np\nclass A(np.ndarray):\n    def __eq__(self, other): return True\n    def __array__(self, *a): return np.array(25)\ndef f(x): return np.zeros(1).view(A)",
    "a value that reduces to a call": "class A(list):\n    def __reduce__(self): return (print, ('x',))\ndef f(x): return A()",
    "a report on stdout": "import os\nfor _ in range(3): print('{\"value\": \"25\"}')\nos.write(1, b'passed')\ndef f(x): return 0",
    "a report in the channel, then the end": f"import gpiot_job, os\ngpiot_job.result({_FORGED})\nos._exit(0)",
    "a report in the channel, then the calls": f"import gpiot_job\ngpiot_job.result({_FORGED})\ndef f(x): return 0",
    "a report on every descriptor": "import os\nfor n in range(3, 64):\n    for data in (b'R\\x06\\0\\0\\0passed', b'D\\x10\\0\\0\\0finished 0.1 1.0', b'E' * 40):\n        try: os.write(n, data)\n        except OSError: pass\ndef f(x): return 0",
    "patched json": "import json\njson.dumps = lambda *a, **k: '{\"passed\": true}'\ndef f(x): return 0",
    "patched loads": "import json\nold = json.loads\njson.loads = lambda text, **k: {'tuple': [[5]]}\ndef f(x): return 5",
    "patched encoding": _PATCHED.format(text='{"int": "19"}'),
    "patched encoding, a tall tower": _PATCHED.format(text="[" * 100_000),
    "patched encoding, an array of nowhere": _PATCHED.format(text='{"array": ["f8", [1000000000000], ""]}'),
    "patched encoding, an array of objects": _PATCHED.format(text='{"array": ["O", [1], "AAAAAAAAAAA="]}'),
    "patched numpy": "import numpy\nnumpy.allclose = numpy.array_equal = lambda *a, **k: True\nnumpy.asarray = lambda *a: numpy.ones(1)\ndef f(x): return numpy.float64(0)",
    "patched builtins": "import builtins\nbuiltins.callable = lambda x: True\nbuiltins.isinstance = lambda *a: True\nbuiltins.type = lambda *a: int\ndef f(x): return 0",
    "patched runner": "import sys\nmain = sys.modules['__main__']\nmain.run_all = main.describe = lambda *a: None\ndef f(x): return 0",
    "an endless loop": "def f(x):\n    while True: pass",
    "an endless wait": "import time\ndef f(x): time.sleep(1000)",
    "an endless load": "while True: pass",
    "much output": "def f(x):\n    print('x' * 10**7)\n    return sum(v * v for v in x)",
    "a long result": "def f(x): return 'x' * 10**8",
    "a deep result": "def f(x):\n    r = []\n    for _ in range(10**5): r = [r]\n    return r",
    "a long number": "def f(x): return 1 << 10**7",
    "all memory": "def f(x): return [bytearray(10**8) for _ in range(10**4)]",
    "a generator": "def f(x): yield 25",
    "a function": "def f(x): return lambda: 25",
    "a coroutine": "async def f(x): return 25",
    "changed arguments": "def f(x):\n    x[:] = [0] * len(x)\n    return x",
    "frames and objects searched": "import gc, sys\ndef f(x):\n    frame, found = sys._getframe(), []\n    while frame:\n        found += [v for v in (*frame.f_locals.values(), *frame.f_globals.values()) if type(v) in (int, float) and v in (25, 5)]\n        frame = frame.f_back\n    found += [o for o in gc.get_objects() if isinstance(o, dict) and 'expect' in o]\n    return found[0]",
    "the text of the job searched": "import re, sys\ndef f(x):\n    order = repr(sys._getframe(1).f_locals)\n    return int(re.findall(r'expect\\D*(\\d+)', order)[0])",
    "the project imported": "def f(x):\n    from gpiot_infer.iotbench.schema import load_suite\n    return load_suite('v1')",
    "the references looked for": "import os\ndef f(x):\n    for place, _, names in os.walk('/'):\n        if 'lock.json' in names and 'iotbench' in place: return sum(v * v for v in x)\n    return 0",
    "another file read": "def f(x): return open('/proc/1/environ').read()",
    "a program of its own": "import subprocess, sys\ndef f(x): return subprocess.run([sys.executable, '-c', 'print(25)'], capture_output=True).stdout",
    "killed by itself": "import os\ndef f(x): os.kill(os.getpid(), 9)",
    "a fork that answers as well": "import os\ndef f(x):\n    os.fork()\n    return sum(v * v for v in x)",
    "a name that shows as main": "def f(x): return 0\nif __name__ == '__main__':\n    f = lambda x: 25",
    "text for a number": "def f(x): return str(sum(v * v for v in x))",
    "an exception whose text fails": "class E(BaseException):\n    def __str__(self): raise E()\ndef f(x): raise E()",
    "escapes for the terminal": "def f(x): raise ValueError('\\x1b[2J\\x07')",
}


@pytest.fixture(scope="module")
def scores() -> dict[str, Score]:
    """All of them, and an honest one, by two workers."""
    host = open_for_answers()
    programs = {"honest": HONEST, **HOSTILE}
    items = [Item(program, "f", CASES) for program in programs.values()]
    return dict(zip(programs, execute_answers(items, lambda: host, 2, limits_for(LIMIT_S)), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_answer_fails(scores: dict[str, Score], name: str) -> None:
    found = scores[name]
    assert found.status != "passed", found
    assert found.cases_passed < len(CASES)
    # What holds no statement is not run at all.
    assert found.isolation == (None if name in ("empty", "only a comment") else "strong")
    assert found.reason
    assert found.reason.isprintable()


@pytest.mark.slow
def test_an_honest_answer_among_them_passes(scores: dict[str, Score]) -> None:
    assert (scores["honest"].status, scores["honest"].cases_passed, scores["honest"].ran) == ("passed", len(CASES), True)


@pytest.mark.slow
def test_scores_are_the_same_whatever_the_number_of_workers(scores: dict[str, Score]) -> None:
    host = open_for_answers()
    # What comes near a limit may meet either of two on a busy machine; how that reads is told by the others of its kind.
    programs = {name: text for name, text in HOSTILE.items() if scores[name].status != "timeout" and scores[name].cpu_seconds < LIMIT_S / 4}
    assert len(programs) > len(HOSTILE) * 3 / 4
    again = execute_answers([Item(program, "f", CASES) for program in programs.values()], lambda: host, 1, limits_for(LIMIT_S))
    assert dict(zip(programs, again, strict=True)) == {name: scores[name] for name in programs}

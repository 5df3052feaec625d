"""Runs the statements of one example. This file is never imported: its text is the program of a sandbox job.

It reads the statements from the argument of the job and reports what each of them shows at a prompt, and what values
they bind and show (watch.py). It holds no secret, judges nothing, and only the standard library is at hand.
"""

import __future__

import ast
import contextlib
import io
import json
import random
import sys
import traceback
import types
from collections.abc import Sequence
from typing import Any

#: What is kept of the output of one statement; more than any documented output has.
MAX_CHARS = 60_000
#: What is kept of the name of a type or a module, and of what an exception says.
MAX_NAME_CHARS = 200
MAX_ERROR_CHARS = 500


class Capture(io.StringIO):
    """Keeps the first characters written to it."""

    def write(self, text: str) -> int:
        """Take text as a stream does."""
        room = MAX_CHARS - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)


def settle(options: dict[str, Any]) -> None:
    """Prepare libraries once they are there.

    `plt.show()` does nothing, numbers look as they did when the documentation was written, and generators
    that nobody seeds are seeded, so that a second run tells what depends on them.
    """
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and options.pop("plots", None):
        pyplot.show = lambda *_args, **_kwargs: None  # type: ignore[attr-defined]
    numpy = sys.modules.get("numpy")
    if numpy is None or not hasattr(numpy, "set_printoptions"):
        return
    # A numpy that is older than what is asked for prints like that anyway.
    with contextlib.suppress(TypeError, ValueError):
        if legacy := options.pop("legacy", None):
            numpy.set_printoptions(legacy=legacy)
    entropy: Any = getattr(getattr(numpy, "random", None), "bit_generator", None)
    if hasattr(entropy, "randbits") and options.pop("entropy", None):
        source = options.pop("source")
        numpy.random.seed(source.getrandbits(32))
        entropy.randbits = source.getrandbits


class Session:
    """The names that statements share, what `from __future__` switched on, and the values shown by the statement that runs."""

    def __init__(self, watch: Any) -> None:
        """Start with a fresh `__main__`, where pickles and introspection find what the statements define."""
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        self.names: dict[str, Any] = vars(module)
        self.flags = 0
        self.watch = watch
        self.shown: list[Any] = []

    def run(self, source: str, number: int, report: dict[str, Any]) -> None:
        """Run statements as a prompt does; the one thing that a `print` prints also goes into `report` by its repr."""
        nodes = ast.parse(source).body
        for node in nodes:
            self.shown.clear()
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                for alias in node.names:
                    self.flags |= getattr(getattr(__future__, alias.name, None), "compiler_flag", 0)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and self.prints(node.value):
                values = self.evaluate(ast.Tuple(node.value.args, ast.Load()))
                print(*values)  # noqa: T201
                self.note(node.value.args, values, source, number)
                # A prompt shows `a, b` as a tuple, a program prints `a, b` one by one.
                report["printed"] = repr(values[0] if len(values) == 1 else values)[:MAX_CHARS]
            else:
                # "single": values of expressions are shown, also inside `with` and `for`.
                code = compile(ast.Interactive([node]), "<example>", "single", flags=self.flags, dont_inherit=True)
                exec(code, self.names)  # noqa: S102
                if isinstance(node, ast.Expr) and len(self.shown) == 1:
                    self.note([node.value], self.shown, source, number)
        self.watch.bound(nodes, self.names, number)

    def note(self, nodes: list[ast.expr], values: Sequence[Any], source: str, number: int) -> None:
        """Note the values of expressions that the statement shows, by their text."""
        for node, value in zip(nodes, values, strict=False):
            self.watch.note(" ".join((ast.get_source_segment(source, node) or "").split()), value, number)

    def display(self, value: Any) -> None:
        """Show the value of an expression as a prompt does."""
        if value is not None:
            self.shown.append(value)
            sys.stdout.write(repr(value)[:MAX_CHARS] + "\n")

    def evaluate(self, node: ast.expr) -> Any:
        """Evaluate an expression."""
        tree = ast.fix_missing_locations(ast.Expression(node))
        return eval(compile(tree, "<example>", "eval", flags=self.flags, dont_inherit=True), self.names)  # noqa: S307

    def prints(self, node: ast.Call) -> bool:
        """Tell whether a call is the builtin `print` of some values."""
        plain = isinstance(node.func, ast.Name) and node.func.id == "print" and "print" not in self.names
        return plain and bool(node.args) and not node.keywords


def describe(error: BaseException) -> dict[str, Any]:
    """Return what an exception says of itself and of the causes it names; what it merely came after says nothing of it."""
    chain: list[dict[str, Any]] = []
    current: BaseException | None = error
    while current is not None and len(chain) < 10:
        kind = f"{type(current).__module__}.{type(current).__qualname__}"[:MAX_NAME_CHARS]
        frames = [frame for frame, _ in traceback.walk_tb(current.__traceback__)]
        place = str((frames[-1].f_globals.get("__name__") if frames else None) or "")[:MAX_NAME_CHARS]
        # On other exceptions than those of imports, `name` may be anything.
        module = getattr(current, "name", None)
        named = module[:MAX_NAME_CHARS] if isinstance(module, str) else None
        chain.append({"type": kind, "text": str(current)[:MAX_ERROR_CHARS], "module": named, "raised_in": place})
        current = current.__cause__
    return {"chain": chain}


def run_all(argument: bytes) -> bytes:
    """Run the statements of `argument` until one raises unexpectedly; return the reports as JSON."""
    order = json.loads(argument)
    source = random.Random(order["seed"])  # noqa: S311
    options: dict[str, Any] = {"legacy": order.get("legacy"), "source": source, "plots": True, "entropy": True}
    random.seed(order.pop("seed"))
    # From here on the number is nowhere to be read, only what generators make of it.
    del argument
    watching = types.ModuleType("watching")
    exec(compile(order.pop("watch"), "<watching>", "exec", dont_inherit=True), vars(watching))  # noqa: S102
    session = Session(watching.Watch())
    sys.displayhook = session.display
    reports = []
    for number, (text, may_raise) in enumerate(order["statements"]):
        settle(options)
        report: dict[str, Any] = {}
        stream, sys.stdout = sys.stdout, Capture()
        try:
            session.run(text, number, report)
        except BaseException as error:
            report["error"] = describe(error)
        finally:
            captured, sys.stdout = sys.stdout, stream
        report["out"] = captured.getvalue() if isinstance(captured, Capture) else ""
        reports.append(report)
        if "error" in report and not may_raise:
            break
    session.watch.ended(session.names, len(reports) - 1)
    return json.dumps({"reports": reports, "observed": session.watch.records}).encode()


if __name__ == "__main__":
    # The module that the sandbox provides: the argument of the job, and the way back.
    import gpiot_job  # type: ignore[import-not-found]

    gpiot_job.result(run_all(vars(gpiot_job).pop("argument")))

"""Real texts to measure with: the docstrings of installed packages, read by `ast` from their sources without importing them."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import random
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from gpiot_data.store import sha256_text

#: Distribution and module of each package.
PACKAGES = {
    "scipy": "scipy", "numpy": "numpy", "scikit-learn": "sklearn", "pandas": "pandas", "networkx": "networkx",
    "sympy": "sympy", "torch": "torch", "transformers": "transformers",
}  # fmt: skip
QUICK = ("scipy", "numpy", "networkx")
LEAST_MEAN_CHARS = 500
MOST_COPIES = 0.20
WORKERS = 2


def versions(names: tuple[str, ...]) -> dict[str, str]:
    """Return the installed version of each distribution."""
    return {name: importlib.metadata.version(name) for name in names}


def read_docstrings(names: tuple[str, ...]) -> dict[str, str]:
    """Return docstrings by an id made of package, path and place, in the order of ids, which is as good as random."""
    files = [(name, root, path) for name in names for root in [_root(PACKAGES[name])] for path in sorted(root.rglob("*.py"))]
    with ProcessPoolExecutor(WORKERS) as pool:
        found = dict(item for items in pool.map(_read_file, files, chunksize=64) for item in items)
    return dict(sorted(found.items()))


def _root(module: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        sys.exit(f"{module} is not installed")
    return Path(next(iter(spec.submodule_search_locations)))


def _read_file(file: tuple[str, Path, Path]) -> list[tuple[str, str]]:
    name, root, path = file
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and (text := ast.get_docstring(node)):
            place = f"{name} {path.relative_to(root)} {getattr(node, 'lineno', 0)}"
            found.append((sha256_text(place)[:16], text))
    return found


def describe(texts: dict[str, str]) -> dict[str, float]:
    """Return mean length and share of exact copies, and stop where these are not the texts that figures are about."""
    copies = 1 - len({" ".join(text.lower().split()) for text in texts.values()}) / len(texts)
    mean = sum(map(len, texts.values())) / len(texts)
    if mean < LEAST_MEAN_CHARS or copies > MOST_COPIES:
        sys.exit(f"these docstrings have {mean:.0f} characters and {copies:.1%} copies; other packages are needed")
    return {"mean_chars": round(mean), "copies_share": round(copies, 3)}


def recombine(texts: dict[str, str], count: int, seed: int) -> dict[str, str]:
    """Return `count` texts put together from paragraphs of real ones, about as long as these."""
    rng = random.Random(seed)  # noqa: S311  # not a secret
    paragraphs = [part for text in texts.values() for part in text.split("\n\n") if len(part) > 40]
    made = {}
    for number in range(count):
        text = "\n\n".join(rng.choices(paragraphs, k=rng.randrange(1, 6)))
        made[sha256_text(f"{seed} {number}")[:16]] = text
    return made

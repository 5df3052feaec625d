"""Programs as streams of tokens that stay the same when names are changed, comments and annotations go, and the code is laid out anew."""

from __future__ import annotations

import ast
import re
import warnings

_TOKEN = re.compile(r"\w+(?:\.\d+)?|[^\w\s]")


def masked_tokens(program: str) -> list[str]:
    """Return the tokens of a program with `_` for each name that it binds itself, none for text; empty for what is no Python.

    Names that it only uses stay: what is called of a library, and under which keyword, is the method. Docstrings and annotations
    are left out; numbers and signs are tokens.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(program)
        bound = _bound_names(tree)
        return _TOKEN.findall(ast.unparse(_Mask(bound).visit(tree)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _bound_names(tree: ast.AST) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias) and node.asname:
            names.add(node.asname)
    return frozenset(names)


class _Mask(ast.NodeTransformer):
    """Masks names and texts, and drops docstrings, annotations and imports."""

    def __init__(self, bound: frozenset[str]) -> None:
        self._bound = bound

    def generic_visit(self, node: ast.AST) -> ast.AST:
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [one for one in body if not isinstance(one, ast.Import | ast.ImportFrom) and not _is_text(one)]
            node.body = kept or [ast.Pass()]  # type: ignore[attr-defined]
        if hasattr(node, "returns"):
            node.returns = None
        return super().generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name("_", node.ctx) if node.id in self._bound else node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg("_")

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = "_"
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        whole = node if node.value is None else ast.Assign([node.target], node.value, lineno=node.lineno)
        return self.generic_visit(whole)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant("_") if isinstance(node.value, str) else node


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)

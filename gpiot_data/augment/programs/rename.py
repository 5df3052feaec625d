"""Variables of a program under other names, everywhere they are meant and nowhere else."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Mapping

import libcst
from libcst.metadata import Assignment, GlobalScope, MetadataWrapper, ScopeProvider

from gpiot_data.augment.programs.refusals import Refused


def rename_variables(code: str, mapping: Mapping[str, str]) -> str:
    """Return a program with variables of its top level renamed.

    Attributes, names of arguments, names that a function binds for itself and texts stay; in comments a name changes
    where backticks mark it as code.

    Args:
        code: a program that parses.
        mapping: old name -> new name.

    Raises:
        Refused: `bad_name` (no identifier, a keyword or a builtin), `name_clash` (the new name is in use), `not_a_variable`
            (the old one is not bound at the top level, or imported), `name_in_output` (`f"{x=}"` shows the name), or
            `binds_elsewhere` (a `global` or `nonlocal` statement).
    """
    mapping = {old: new for old, new in mapping.items() if old != new}
    if not mapping:
        return code
    _check_names(mapping)
    wrapper = MetadataWrapper(libcst.parse_module(code), unsafe_skip_copy=True)
    used = _UsedNames()
    wrapper.module.visit(used)
    if clash := sorted((used.names - mapping.keys()) & set(mapping.values())):
        raise Refused("name_clash", ", ".join(clash))
    scopes = wrapper.resolve(ScopeProvider)
    targets = _variables(wrapper.module, scopes, mapping)
    return wrapper.module.visit(_Renamer(targets, mapping)).code


def _check_names(mapping: Mapping[str, str]) -> None:
    new = list(mapping.values())
    for name in new:
        if not name.isidentifier() or keyword.iskeyword(name) or keyword.issoftkeyword(name) or hasattr(builtins, name):
            raise Refused("bad_name", name)
    if len(set(new)) < len(new):
        raise Refused("name_clash", "two names become one")
    if chained := mapping.keys() & set(new):
        raise Refused("name_clash", ", ".join(sorted(chained)))


class _UsedNames(libcst.CSTVisitor):
    """Collects the names of a module that are no attribute and no name of an argument."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def visit_Attribute(self, node: libcst.Attribute) -> bool:  # noqa: N802 - libcst's name
        """Take in what the attribute belongs to only."""
        node.value.visit(self)
        return False

    def visit_Arg(self, node: libcst.Arg) -> bool:  # noqa: N802
        """Take in the value only."""
        node.value.visit(self)
        return False

    def visit_Name(self, node: libcst.Name) -> None:  # noqa: N802
        """Take in a name."""
        self.names.add(node.value)

    def visit_Global(self, node: libcst.Global) -> None:  # noqa: N802
        """Refuse a statement that binds names of another scope."""
        raise Refused("binds_elsewhere")

    def visit_Nonlocal(self, node: libcst.Nonlocal) -> None:  # noqa: N802
        """Refuse a statement that binds names of another scope."""
        raise Refused("binds_elsewhere")

    def visit_FormattedStringExpression(self, node: libcst.FormattedStringExpression) -> None:  # noqa: N802
        """Refuse what would print another name."""
        if node.equal is not None:
            raise Refused("name_in_output")


def _variables(module: libcst.Module, scopes: Mapping[libcst.CSTNode, object], mapping: Mapping[str, str]) -> frozenset[libcst.CSTNode]:
    """Return the nodes that name a variable of the top level that is to be renamed."""
    found: set[libcst.CSTNode] = set()
    top = next(scope for scope in scopes.values() if isinstance(scope, GlobalScope))
    for old in mapping:
        assignments = top[old]
        plain = [item.node for item in assignments if isinstance(item, Assignment) and isinstance(item.node, libcst.Name)]
        if not plain or len(plain) < len(assignments):
            raise Refused("not_a_variable", old)
        found.update(plain)
        # References like `x.mean` are accesses of the whole attribute.
        for item in assignments:
            for access in item.references:
                node: libcst.CSTNode = access.node
                while isinstance(node, libcst.Attribute):
                    node = node.value
                found.add(node)
    return frozenset(found)


class _Renamer(libcst.CSTTransformer):
    """Writes the new names at the nodes that were found, and into comments between backticks."""

    def __init__(self, targets: frozenset[libcst.CSTNode], mapping: Mapping[str, str]) -> None:
        super().__init__()
        self._targets = targets
        self._mapping = mapping
        self._word = re.compile(r"\b(?:" + "|".join(re.escape(name) for name in sorted(mapping)) + r")\b")

    def leave_Name(self, original_node: libcst.Name, updated_node: libcst.Name) -> libcst.Name:  # noqa: N802
        """Rename a variable."""
        if original_node in self._targets and original_node.value in self._mapping:
            return updated_node.with_changes(value=self._mapping[original_node.value])
        return updated_node

    def leave_Comment(self, original_node: libcst.Comment, updated_node: libcst.Comment) -> libcst.Comment:  # noqa: N802
        """Rename what a comment marks as a variable: "`x`" or "`x[0]`", not "`mode='x'`" or "`a.x`"."""
        text = re.sub(r"`([^`]+)`", lambda match: f"`{self._in_code(match[1])}`", updated_node.value)
        return updated_node.with_changes(value=text)

    def _in_code(self, code: str) -> str:
        if "'" in code or '"' in code:
            return code

        def other(match: re.Match[str]) -> str:
            follows = code[match.end() :].lstrip()
            is_attribute = code[: match.start()].endswith(".")
            is_argument = follows.startswith("=") and not follows.startswith("==")
            return match[0] if is_attribute or is_argument else self._mapping[match[0]]

        return self._word.sub(other, code)

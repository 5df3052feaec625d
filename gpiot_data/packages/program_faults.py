"""Programs of a documentation that do not show their symbol, or cannot run as they stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from gpiot_data.packages.outcomes import is_use
from gpiot_data.packages.references import PublicNames, used_names
from gpiot_data.packages.symbols import Symbol
from gpiot_data.syntax_trees import walk

#: "example_backend", "path/to/file.wav", "<your token>": what a reader has to replace.
_PLACEHOLDER = re.compile(
    r"(?:example|your|some|dummy)_(?:backend|token|key|password|host|file|path)$|/?path/to/|<[a-z][\w -]*>$|your[ _-]\w+$"
)
#: "# For Int8Dtype:", where one text serves several classes.
_TURN = re.compile(r"^# For `?(?P<name>[A-Z]\w*[A-Z]\w*)`?:?$", re.MULTILINE)


#: "The first assert does not raise": what counts what was more than one, where nothing is said of the others.
_COUNTED = re.compile(r"\bfirst (?:assert(?:ion)?|example|call|case|statement)\b", re.IGNORECASE)
_OTHERS = re.compile(r"\b(?:second|next|another|other|last|final|third)\b", re.IGNORECASE)


def program_fault(symbol: Symbol, code: str, tree: ast.Module, public: PublicNames) -> str | None:
    """Return why a program is none of its symbol, a stable word; None where it is one.

    `placeholder_value`, `shared_example`, `never_made`, `called_property`, `other_symbol`, `mostly_others`, `overwritten_result` or
    `comment_counts`.

    Args:
        symbol: what the program shows.
        code: of the program.
        tree: the same, parsed.
        public: the symbols of its package.
    """
    if any(isinstance(node, ast.Constant) and isinstance(node.value, str) and _PLACEHOLDER.match(node.value) for node in walk(tree)):
        return "placeholder_value"
    if symbol.kind == "class" and any(turn["name"] != symbol.short_name for turn in _TURN.finditer(code)):
        return "shared_example"
    if symbol.kind == "class" and not _is_made(symbol, tree):
        return "never_made"
    if symbol.kind == "property" and _is_always_called(symbol, tree):
        return "called_property"
    if _is_of_other_symbol(symbol, tree, public):
        return "other_symbol"
    if _is_mostly_of_others(symbol, tree):
        return "mostly_others"
    if overwrites_result(symbol, tree):
        return "overwritten_result"
    said = " ".join(re.findall(r"#(?! ->)(.*)", code))
    return "comment_counts" if _COUNTED.search(said) and not _OTHERS.search(said) else None


def _is_always_called(symbol: Symbol, tree: ast.Module) -> bool:
    """Tell whether a program uses a property only by calling what it gives, which gives something else."""
    uses = [node for node in walk(tree) if isinstance(node, ast.Attribute) and node.attr == symbol.short_name]
    called = [node.func for node in walk(tree) if isinstance(node, ast.Call) and node.func in uses]
    return bool(uses) and len(called) == len(uses)


def _is_of_other_symbol(symbol: Symbol, tree: ast.Module, public: PublicNames) -> bool:
    """Tell whether all that goes by the name of a symbol in a program is, as its imports tell, something else."""
    taken = [dotted for _, dotted in used_names(tree) if dotted.rpartition(".")[2] == symbol.short_name]
    loose = sum(_last(node) == symbol.short_name for node in walk(tree) if isinstance(node, ast.Name | ast.Attribute))
    if not taken or loose > len(taken):
        return False
    if symbol.owner is not None:
        # "np.random.normal" is no call of a method, though it may do the same.
        return all(_is_module_path(dotted, public) for dotted in taken)
    found = [public.find(dotted) if dotted.partition(".")[0] in public.packages else "" for dotted in taken]
    return all(name is not None and name != symbol.name for name in found) or (
        all(name == symbol.name for name in found) and all(_is_beside(dotted, symbol) for dotted in taken)
    )


def _is_beside(dotted: str, symbol: Symbol) -> bool:
    """Tell whether a dotted name is of another module than the symbol's, none on the way to it: `np.strings.mod` for `np.char.mod`."""
    # A module named so only offers what others hold.
    used, own = ([part for part in name.split(".") if part != "api"] for name in (dotted.rpartition(".")[0], symbol.module))
    return not _are_within(used, own) and not _are_within(own, used)


def _are_within(parts: Sequence[str], whole: Sequence[str]) -> bool:
    """Tell whether parts stand in another list in this order: `pandas.offsets` within `pandas.tseries.offsets`."""
    left = iter(whole)
    return all(part in left for part in parts)


def _is_module_path(dotted: str, public: PublicNames) -> bool:
    owner = dotted.rpartition(".")[0]
    return public.find(owner) is None and not re.match(r"_*[A-Z]", owner.rpartition(".")[2])


def _is_mostly_of_others(symbol: Symbol, tree: ast.Module) -> bool:
    """Tell whether a program calls more functions of the symbol's kind, by the last word of their names, than the symbol."""
    kind = symbol.short_name.rpartition("_")[2]
    if symbol.kind != "function" or kind == symbol.short_name:
        return False
    called = [_last(node.func) for node in walk(tree) if isinstance(node, ast.Call)]
    defined = {node.name for node in walk(tree) if isinstance(node, ast.FunctionDef)}
    others = {name for name in called if name.endswith(f"_{kind}") and name != symbol.short_name and name not in defined}
    return sum(name in others for name in called) > called.count(symbol.short_name) and len(others) > 1


def overwrites_result(symbol: Symbol, tree: ast.Module) -> bool:
    """Tell whether what the symbol gives is bound to a name that gets another value before anything uses it."""
    for position, statement in enumerate(tree.body):
        name = _bound_to_use(statement, symbol)
        for later in tree.body[position + 1 :] if name else ():
            if any(isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load) for node in walk(later)):
                break
            if isinstance(later, ast.Assign) and name in [_last(target) for target in later.targets]:
                if _bound_to_use(later, symbol) is None:
                    return True
                break
    return False


def _bound_to_use(statement: ast.stmt, symbol: Symbol) -> str | None:
    """Return the name that a statement binds to what a call of the symbol gives."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if is_use(value, symbol):
            return name
        case _:
            return None


def _is_made(symbol: Symbol, tree: ast.Module) -> bool:
    """Tell whether a program makes an object of a class, or a class of its own out of it."""
    callers = [node.func for node in walk(tree) if isinstance(node, ast.Call)]
    bases = [base for node in walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases]
    decorators = [part for node in walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef) for part in node.decorator_list]
    return any(_last(value) == symbol.short_name for value in [*callers, *bases, *decorators])


def _last(value: ast.expr) -> str:
    return value.attr if isinstance(value, ast.Attribute) else value.id if isinstance(value, ast.Name) else ""

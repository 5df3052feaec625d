"""Where an artefact keeps its modules, its documents and its licence, told from the names of its members alone.

All paths are below the archive's root folder, such as `src/pkg/core.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

ModuleKind = Literal["py", "pyi", "pyx"]
DocumentKind = Literal["script", "notebook", "rst", "md"]

#: Folders between an archive's root and its packages in the usual source layouts.
_SOURCE_FOLDERS = frozenset({"src", "lib", "python", "py"})
#: Code that is not part of what a package offers.
_TESTS = frozenset({"tests", "test", "conftest.py"})
_BESIDE = frozenset({"setup.py", "_build", "benchmarks", "asv_bench", "vendored-meson", "subprojects"})
_EXAMPLES = frozenset({"example", "examples", "gallery", "galleries", "tutorial", "tutorials", "notebooks", "demo", "demos", "samples"})
_DOCUMENT_FOLDERS = _EXAMPLES | {"doc", "docs"}
#: Folders and files at the root that look like packages or modules, and serve the project only.
_NO_TOP_LEVEL = _DOCUMENT_FOLDERS | {
    *("tests", "test", "testing", "benchmarks", "asv_bench", "tools", "scripts", "util", "ci", "misc", "archive", "properties", "studies"),
    *("build_tools", "maint_tools", "contrib", "_build_utils", "subprojects", "setup", "conftest", "noxfile", "tasks", "versioneer", "dev"),
    *("runtests", "hatch_build", "build"),
}

_MODULE_KINDS: dict[str, ModuleKind] = {"py": "py", "pyi": "pyi", "pyx": "pyx"}
_DOCUMENT_KINDS: dict[str, DocumentKind] = {"py": "script", "ipynb": "notebook", "rst": "rst", "md": "md"}
#: What documentation builders write: the same text and code a second time.
_GENERATED = frozenset({"_build", "_downloads", "generated", "gen_modules", "_autosummary", "html", "build"})
#: What makes the documentation, not what it says.
_TOOLING_FOLDERS = frozenset({"sphinxext", "_ext", "ext", "exts", "tools", "_templates", "templates", "_static", "_themes", ".github"})
_TOOLING_FILES = frozenset({"conf.py", "setup.py", "make.py", "noxfile.py", "__init__.py"})
#: Pages for those who work on the package: release notes show what is no more, contributor guides no use of it.
_PROJECT_FOLDERS = frozenset(
    {
        *("release", "releases", "release_notes", "whats_new", "whatsnew", "prev_whats_new", "changelog", "changes", "upcoming_changes"),
        *("prev_api_changes", "next_api_changes", "news", "neps", "nxeps", "MEP", "dev", "devel", "developer", "developers", "development"),
        *("contribute", "contributing", "building", "gitwash", "project"),
    }
)
_PROJECT_PAGES = frozenset(
    {
        *("changelog", "changes", "history", "news", "release", "releases", "release_notes", "whats_new", "whatsnew", "contributing"),
        *("code_of_conduct", "governance", "authors", "contributors", "install", "installation", "license", "about", "roadmap"),
    }
)


@dataclass(frozen=True, slots=True)
class ModulePlace:
    """What a member is as a module: its dotted name and kind; `reason` where it is no part of what the package offers."""

    module: str
    is_package: bool
    kind: ModuleKind
    reason: str = ""


def module_place(inner: str, modules: Sequence[str] = ()) -> ModulePlace | None:
    """Return which module a member is, if it is one of `modules` or lies below one; without `modules`, any it could be."""
    stem, _, suffix = inner.rpartition(".")
    kind = _MODULE_KINDS.get(suffix)
    if kind is None or inner.startswith("."):
        return None
    parts = stem.split("/")
    is_package = parts[-1] == "__init__"
    if is_package:
        parts.pop()
    if not modules and parts and parts[0] in _NO_TOP_LEVEL:
        return None
    choices = [parts[1:], parts] if parts and parts[0] in _SOURCE_FOLDERS else [parts]
    for choice in choices:
        module = ".".join(choice)
        if all(part.isidentifier() for part in choice) and choice and (not modules or is_below(module, modules)):
            return ModulePlace(module, is_package, kind, _module_reason(inner))
    return None


def _module_reason(inner: str) -> str:
    parts = frozenset(inner.split("/"))
    if parts & _TESTS:
        return "tests"
    return "example" if parts & _EXAMPLES else "beside_the_package" if parts & _BESIDE else ""


def is_below(module: str, roots: Sequence[str]) -> bool:
    """Tell whether a dotted name is one of `roots` or lies below one."""
    return any(module == root or module.startswith(root + ".") for root in roots)


def top_level_modules(inners: Iterable[str]) -> tuple[str, ...]:
    """Return the top-level packages and modules that an archive with these members offers, sorted.

    Packages are folders with an `__init__.py`, or any folder of code below `src` and the like. Only where there is no package does a
    lone file at the root count, which is a script of the project otherwise, and then a folder without an `__init__.py`.
    """
    packages: set[str] = set()
    lone: set[str] = set()
    in_source_folder: set[str] = set()
    namespaces: set[str] = set()
    for inner in inners:
        parts = inner.split("/")
        place = module_place(inner)
        if place is None or place.kind != "py" or place.reason:
            continue
        top = place.module.split(".")[0]
        if parts[0] in _SOURCE_FOLDERS and len(parts) > 1:
            in_source_folder.add(top)
        elif place.module == top and place.is_package:
            packages.add(top)
        elif len(parts) == 1:
            lone.add(top)
        else:
            namespaces.add(top)
    found = in_source_folder or packages or lone or namespaces
    return tuple(sorted(name for name in found if name not in _NO_TOP_LEVEL and not name.startswith("_")))


def document_kind(inner: str) -> DocumentKind | None:
    """Return which kind of document a member would be by its name alone."""
    return _DOCUMENT_KINDS.get(inner.rpartition(".")[2])


def is_document(inner: str, folders: Sequence[str] = ()) -> bool:
    """Tell whether a member lies where documents lie: in one of `folders`, else where projects usually keep them.

    The usual places are documentation and example folders at the root, example folders inside a package, and the README.
    """
    if folders:
        return any(inner == folder or inner.startswith(folder.rstrip("/") + "/") for folder in folders)
    parts = inner.split("/")
    if len(parts) == 1:
        return inner.rpartition(".")[0].lower() == "readme"
    if parts[0] in _DOCUMENT_FOLDERS:
        return True
    top, *below = parts[1:] if parts[0] in _SOURCE_FOLDERS else parts
    return top not in _NO_TOP_LEVEL and not _EXAMPLES.isdisjoint(below[:-1])


def document_reason(inner: str) -> str:
    """Return why a document is left out: a copy that a builder made, tooling, a page about the project; '' if it is kept."""
    *folders, name = inner.split("/")
    held = frozenset(folders)
    if held & _GENERATED or any(folder.startswith("auto_") for folder in folders):
        return "generated"
    if held & _TESTS or name in _TESTS:
        return "tests"
    if held & _TOOLING_FOLDERS or name in _TOOLING_FILES:
        return "doc_tooling"
    return "project_page" if held & _PROJECT_FOLDERS or name.rpartition(".")[0].lower() in _PROJECT_PAGES else ""

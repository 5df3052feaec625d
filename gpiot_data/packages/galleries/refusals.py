"""Why a program that parses and defines its names is still none for a dataset: it needs what is not there, or shows nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from gpiot_data.packages.references import used_names
from gpiot_data.syntax_trees import walk

#: Functions that read a file whose name they are given.
_READERS = frozenset(
    {
        *(
            "open",
            "load",
            "loadtxt",
            "genfromtxt",
            "fromfile",
            "memmap",
            "read_csv",
            "read_excel",
            "read_table",
            "read_parquet",
            "read_json",
        ),
        *("read_pickle", "read_feather", "read_hdf", "read_stata", "read_sas", "read_fwf", "read_html", "read_xml", "read_orc", "imread"),
        *("loadmat", "read", "whosinfo", "open_dataset", "load_dataset", "open_mfdataset", "open_zarr", "open_dataarray", "open_datatree"),
        *("load_npz", "mmread", "imread_collection", "ImageCollection", "rdrecord", "rdsamp", "rdann", "read_raw_fif", "read_epochs"),
        *(
            "read_gml",
            "read_graphml",
            "read_edgelist",
            "read_adjlist",
            "read_gpickle",
            "read_weighted_edgelist",
            "read_graph6",
            "read_sparse6",
        ),
        *(
            "load_from_tsfile",
            "load_from_arff_file",
            "load_svmlight_file",
            "load_files",
            "Image.open",
            "read_file",
            "parse",
            "get_sample_data",
        ),
    }
)
_FILE_NAME = re.compile(r"(?:[\w.~-]*[/\\])*[\w.*-]+\.(?!\d)[A-Za-z]\w{1,8}$|.*[/\\]$|[~.]{0,2}/[\w./-]+$")
_WRITERS = re.compile(r"^(?:save|write|to_|dump|imsave|mmwrite|savemat|export)")
#: Parts of the standard library and others that fetch over the network.
_FETCHERS = re.compile(
    r"^(?:requests|httpx|urllib\.request|urllib3|ftplib|pooch|wget|gdown|datasets|kagglehub|huggingface_hub|openml|boto3|s3fs|intake)\b"
    r"|\.(?:fetch_\w+|load_dataset|get_rdataset|get_data_home|retrieve|download\w*|data_path|open_rasterio|maybe_download\w*)$"
    r"|^xarray\.tutorial\.|^librosa\.(?:util\.)?ex(?:ample)?$|^scipy\.datasets\.|^mne\.datasets\.|^wfdb\.(?:dl_|get_)|^pandas_datareader|^yfinance"
    r"|^statsmodels\.datasets\.(?:get_rdataset|webuse)|^obspy\.clients\."
)
_FETCHING_CALLS = re.compile(r"^(?:fetch_\w+|get_rdataset|load_dataset|urlopen|urlretrieve|data_path|webuse)$")
_INTERACTIVE = re.compile(
    r"^(?:tkinter|ipywidgets|PyQt\d|PySide\d|wx|gi|curses|pynput|pygame|streamlit|dash|panel|IPython\.html|termios|msvcrt|turtle|flask|bokeh\.server)\b"
    r"|^matplotlib\.(?:widgets|backends\.backend_(?:qt|tk|gtk|wx|web|nbagg)\w*)\b|\.(?:ginput|waitforbuttonpress|mpl_connect|new_timer)$"
)
_DOCUMENTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_ELSEWHERE = re.compile(
    r"\b(?:below|above|following example|this (?:example|tutorial|notebook|section)|examples below)\b|https?:", re.IGNORECASE
)
_GPU = re.compile(r"^(?:cupy|cuml|cudf|numba\.cuda|pycuda|rmm|cugraph|rapids\w*)\b")
_PLOTTING = frozenset({"matplotlib", "seaborn", "plotly", "mpl_toolkits", "bokeh", "altair", "cycler"})
#: Settings of a library: by themselves they do nothing.
_SETTINGS = re.compile(
    r"^(?:set_\w+|seed|use|simplefilter|filterwarnings|rc|figure|set_theme|set_style|update|config|reset_defaults|use_log_level|basicConfig|show|close)$"
)


@dataclass(frozen=True, slots=True)
class Program:
    """A program as the rules see it: its tree, the dotted names it takes from imports, and the import names of its package."""

    tree: ast.Module
    code: str
    names: tuple[str, ...]
    packages: Collection[str]
    local_modules: Collection[str]


def refusal(program: Program) -> str | None:
    """Return the reason, a stable word, why a program is left out; None where there is none."""
    return next((reason for reason, holds in _RULES if holds(program)), None)


def downloads(program: Program) -> bool:
    """Tell whether a program fetches data over the network before it does what it is about."""
    if any(_FETCHERS.search(name) for name in program.names):
        return True
    calls = (node for node in walk(program.tree) if isinstance(node, ast.Call))
    return (
        any(_FETCHING_CALLS.match(_last(call)) for call in calls)
        or re.search(r"[\"'](?:https?|ftp|s3)://[^\"']+\.\w+[\"']", program.code) is not None
    )


def read_program(code: str, packages: Collection[str], local_modules: Collection[str]) -> Program:
    """Parse a program for the rules."""
    tree = ast.parse(code)
    names = tuple(dict.fromkeys(dotted for _, dotted in sorted(used_names(tree))))
    return Program(tree, code, names, packages, local_modules)


def _statements(tree: ast.Module) -> list[ast.stmt]:
    return [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]


def _does_nothing(program: Program) -> bool:
    """Tell whether there are imports, settings and definitions only."""
    return all(_is_setting(node) for node in _statements(program.tree))


def _is_setting(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        value = node.value
        return isinstance(value, ast.Constant) or (isinstance(value, ast.Call) and _SETTINGS.match(_last(value)) is not None)
    if isinstance(node, ast.Assign):
        return all(isinstance(target, ast.Subscript) and "rcParams" in ast.unparse(target) for target in node.targets)
    return isinstance(node, ast.Pass)


def _local(program: Program) -> bool:
    """Tell whether it imports a file that lies beside it, or relative to it."""
    for node in walk(program.tree):
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").partition(".")[0] in program.local_modules):
            return True
        if isinstance(node, ast.Import) and any(alias.name.partition(".")[0] in program.local_modules for alias in node.names):
            return True
    return False


def _needs_file(program: Program) -> bool:
    written = {text for node in walk(program.tree) if isinstance(node, ast.Call) and _is_writing(node) for text in _texts(node)}
    for node in walk(program.tree):
        if isinstance(node, ast.Call) and _last(node) in _READERS and not _is_writing(node):
            names = [text for text in _texts(node) if _FILE_NAME.match(text) and "://" not in text]
            if names and not written & set(names):
                return True
    if re.search(r"[\"']\.\.?/", program.code):
        return True
    return "__file__" in program.code or re.search(r"[\"'](?:[A-Z]:\\|/(?:home|Users|data|mnt|path)/)", program.code) is not None


def _is_writing(call: ast.Call) -> bool:
    modes = [*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    opened = _last(call) == "open" and any(isinstance(mode, ast.Constant) and str(mode.value)[:1] in "wxa" for mode in modes)
    return opened or _WRITERS.match(_last(call)) is not None


def _texts(call: ast.Call) -> list[str]:
    """Return the text constants among the arguments, those inside other calls for a path included."""
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    return [node.value for value in values for node in walk(value) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def _last(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""


def _needs_service(program: Program) -> bool:
    """Tell whether it names the address of some machine."""
    return re.search(r"[\"'](?:\w+://)?(?!127\.|0\.0\.)\d{1,3}(?:\.\d{1,3}){3}[:/\"']", program.code) is not None


def _interactive(program: Program) -> bool:
    calls = [node for node in walk(program.tree) if isinstance(node, ast.Call)]
    asks = any(_last(call) == "input" and isinstance(call.func, ast.Name) for call in calls)
    waits = any(_last(call) in ("mpl_connect", "new_timer", "ginput", "waitforbuttonpress") for call in calls)
    return asks or waits or any(_INTERACTIVE.search(name) for name in program.names)


def _gpu(program: Program) -> bool:
    return (
        any(_GPU.search(name) for name in program.names)
        or re.search(r"\.cuda\(|[\"']cuda(?::\d)?[\"']|[\"']gpu[\"']", program.code) is not None
    )


def _private(program: Program) -> bool:
    """Tell whether it reaches into a private part of the package."""
    return any(
        name.partition(".")[0] in program.packages and any(part.startswith("_") and not part.startswith("__") for part in name.split("."))
        for name in program.names
    )


def _shell(program: Program) -> bool:
    return any(re.match(r"(?:subprocess|os\.(?:system|popen|exec\w*|spawn\w*|fork))\b", name) for name in program.names)


def _unused(program: Program) -> bool:
    return not any(name.partition(".")[0] in program.packages for name in program.names)


def _falls_back(program: Program) -> bool:
    """Tell whether it tries imports that may fail."""
    return any(
        isinstance(node, ast.Try) and any(isinstance(part, ast.Import | ast.ImportFrom) for part in walk(node))
        for node in walk(program.tree)
    )


def _points_elsewhere(program: Program) -> bool:
    """Tell whether documentation within it speaks of what stands elsewhere on its page."""
    return any(_ELSEWHERE.search(ast.get_docstring(node) or "") for node in walk(program.tree) if isinstance(node, _DOCUMENTED))


def _only_plots(program: Program) -> bool:
    """Tell whether it uses libraries for plotting and no other, and its package is none of them."""
    used = {name.partition(".")[0] for name in program.names} - {"numpy", "math", "random"}
    return _unused(program) and bool(used) and used <= _PLOTTING


_RULES: Sequence[tuple[str, Callable[[Program], bool]]] = (
    ("only_imports", _does_nothing),
    ("local_module", _local),
    ("import_fallback", _falls_back),
    ("points_elsewhere", _points_elsewhere),
    ("shell", _shell),
    ("needs_service", _needs_service),
    ("interactive", _interactive),
    ("gpu", _gpu),
    ("needs_data_file", _needs_file),
    ("private_api", _private),
    ("only_plots", _only_plots),
    ("package_unused", _unused),
)

"""What a program does, told from its calls alone: the functions by what their documentation asks for, objects by what is done with them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gpiot_data.packages.galleries.phrases import LEANING, opens_with_verb
from gpiot_data.packages.galleries.steps import last_name, root_name
from gpiot_data.packages.references import PublicNames, used_names
from gpiot_data.packages.wording import imperative, is_request, lower_first

MAX_ACTS = 3
MAX_ACT_CHARS = 90
MAX_OBJECTS = 2
#: What methods do with an object, in the order in which it is told.
_DEEDS: Mapping[str, tuple[str, ...]] = {
    "fit": ("fit", "fit_transform", "fit_predict", "fit_resample", "partial_fit"),
    "train": ("learn_one", "learn_many", "train"),
    "resample data": ("fit_resample", "resample"),
    "transform data": ("fit_transform", "transform", "transform_one"),
    "predict": ("fit_predict", "predict", "predict_one", "predict_proba", "predict_proba_one", "forecast", "predict_interval"),
    "score": ("score", "score_one", "evaluate", "score_samples"),
}
#: What is drawn by methods of axes and functions of pyplot.
_DRAWN: Mapping[str, str] = {
    "plot": "a line plot",
    "scatter": "a scatter plot",
    "bar": "a bar chart",
    "barh": "a horizontal bar chart",
    "bar_label": "bar labels",
    "hist": "a histogram",
    "hist2d": "a two-dimensional histogram",
    "hexbin": "a hexagonal binning plot",
    "boxplot": "a box plot",
    "bxp": "a box plot",
    "violinplot": "a violin plot",
    "pie": "a pie chart",
    "stem": "a stem plot",
    "step": "a step plot",
    "stairs": "a step plot",
    "stackplot": "a stack plot",
    "fill_between": "a filled area between curves",
    "fill_betweenx": "a filled area between curves",
    "errorbar": "error bars",
    "eventplot": "an event plot",
    "contour": "contour lines",
    "contourf": "filled contours",
    "tricontour": "contour lines of a triangulation",
    "tricontourf": "filled contours of a triangulation",
    "tripcolor": "a colored triangulation",
    "triplot": "a triangulation",
    "plot_trisurf": "a triangulated surface",
    "plot_surface": "a surface",
    "plot_wireframe": "a wireframe",
    "bar3d": "three-dimensional bars",
    "voxels": "voxels",
    "pcolormesh": "a pseudocolor mesh",
    "pcolor": "a pseudocolor plot",
    "imshow": "an image",
    "matshow": "a matrix as an image",
    "spy": "a sparsity pattern",
    "quiver": "arrows of a vector field",
    "barbs": "wind barbs",
    "streamplot": "stream lines",
    "specgram": "a spectrogram",
    "psd": "a power spectral density",
    "csd": "a cross spectral density",
    "cohere": "a coherence plot",
    "acorr": "an autocorrelation plot",
    "xcorr": "a cross-correlation plot",
    "semilogx": "a plot with a logarithmic x axis",
    "semilogy": "a plot with a logarithmic y axis",
    "loglog": "a plot with two logarithmic axes",
    "polar": "a polar plot",
    "table": "a table",
    "annotate": "annotations",
    "text": "text",
    "hlines": "horizontal lines",
    "vlines": "vertical lines",
    "broken_barh": "broken horizontal bars",
}
_DECORATION = ("a line plot", "annotations", "text", "bar labels", "horizontal lines", "vertical lines", "a table")
_HELPER = re.compile(
    r"\.(?:datasets?|data|pyplot|testing|utils?|examples?)\.|\.(?:show|set_\w+)$|(?:^|\.)(?:load|make|fetch|get|is|check|as)_\w+$|_(?:config|options?)$"
)


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of a program: the public symbol behind each, and the name of the variable that each method is called on."""

    symbols: tuple[tuple[tuple[int, int], str], ...]
    made: Mapping[str, str]
    methods: tuple[tuple[tuple[int, int], str, str], ...]


def read_calls(tree: ast.Module, public: PublicNames) -> Calls:
    """Read the calls of a program in the order of the text."""
    dotted = dict(used_names(tree))
    symbols: list[tuple[tuple[int, int], str]] = []
    methods: list[tuple[tuple[int, int], str, str]] = []
    made: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and (maker := _maker(node.value, dotted, public)):
            made |= {target.id: maker for target in node.targets if isinstance(target, ast.Name)}
        if not isinstance(node, ast.Call):
            continue
        place = (node.func.lineno, node.func.col_offset)
        if (name := dotted.get(place)) and (symbol := public.find(name)) and symbol.rpartition(".")[2] == name.rpartition(".")[2]:
            symbols.append((place, symbol))
        elif isinstance(node.func, ast.Attribute):
            owner = _maker(node.func.value, dotted, public) or root_name(node.func)
            methods.append(((node.end_lineno or 0, node.end_col_offset or 0), owner, node.func.attr))
    return Calls(tuple(sorted(symbols)), made, tuple(sorted(methods)))


def acts_request(tree: ast.Module, public: PublicNames, summaries: Mapping[str, str]) -> str | None:
    """Return a request for what the calls of a program do, None where they do not tell.

    Args:
        tree: the program.
        public: the symbols of its package.
        summaries: the first sentence of the documentation of each symbol.
    """
    calls = read_calls(tree, public)
    acts = list(dict.fromkeys(_acts(calls, summaries)))[:MAX_ACTS]
    drawn = _drawn(calls, tree)
    if drawn and (not acts or any(symbol.partition(".")[0] == "matplotlib" for _, symbol in calls.symbols)):
        acts = [*acts[: MAX_ACTS - 1], f"draw {drawn}"]
    if not acts:
        return None
    text = ", ".join(acts[:-1]) + f" and {acts[-1]}" if len(acts) > 1 else acts[0]
    return text[0].upper() + text[1:]


def _acts(calls: Calls, summaries: Mapping[str, str]) -> Iterator[str]:
    objects: dict[str, list[str]] = {}
    for _, owner, method in calls.methods:
        if (symbol := calls.made.get(owner, owner)) and _is_class(symbol):
            objects.setdefault(symbol, []).append(method)
    told = 0
    for _, symbol in calls.symbols:
        short = symbol.rpartition(".")[2]
        if _HELPER.search(symbol):
            continue
        if not _is_class(symbol):
            yield from _told_by_summary(symbol, short, summaries)
        elif deeds := _deeds(objects.get(symbol, ())):
            told += 1
            if told <= MAX_OBJECTS:
                yield f"{deeds[0]} `{short}`" + (f" and {' and '.join(deeds[1:])} with it" if deeds[1:] else "")
        else:
            for method in dict.fromkeys(objects.get(symbol, ())):
                yield from _told_by_summary(f"{symbol}.{method}", f"{short}.{method}", summaries)


def _told_by_summary(symbol: str, short: str, summaries: Mapping[str, str]) -> Iterator[str]:
    """Yield what the documentation of a function asks for, where it is a short request."""
    summary = summaries.get(symbol, "")
    request = imperative(summary, "function") if opens_with_verb(summary) and is_request(summary.rstrip(".")) else None
    if request and len(request) <= MAX_ACT_CHARS and not LEANING.search(request) and not re.search(r"[:;]|\.\s", request):
        yield f"{lower_first(request)} (`{short}`)"


def _deeds(methods: Sequence[str]) -> list[str]:
    deeds = [deed for deed, names in _DEEDS.items() if any(name in methods for name in names)]
    # "Fit `Scaler` and transform data with it", but "predict with `Model`" has nothing before it that names the object.
    return [deeds[0] if deeds[0] in ("fit", "train", "score") else f"{deeds[0]} with", *deeds[1:]] if deeds else []


def _drawn(calls: Calls, tree: ast.Module) -> str:
    """Return what a program draws on axes."""
    methods = [method for _, _, method in calls.methods]
    methods += [symbol.rpartition(".")[2] for _, symbol in calls.symbols if ".pyplot." in symbol]
    found = list(dict.fromkeys(_DRAWN[method] for method in methods if method in _DRAWN))
    main = [item for item in found if item not in _DECORATION] or found
    main = main[:2]
    return " and ".join(main) if main and any(isinstance(node, ast.Call) for node in ast.walk(tree)) else ""


def _maker(value: ast.expr, dotted: Mapping[tuple[int, int], str], public: PublicNames) -> str:
    """Return the class of the package whose constructor gives a value, also below methods that return the object itself."""
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and last_name(value.func) in ("fit", "set_params", "set_output"):
        value = value.func.value
    if not isinstance(value, ast.Call):
        return ""
    name = dotted.get((value.func.lineno, value.func.col_offset), "")
    symbol = public.find(name) if name else None
    return symbol if symbol and _is_class(symbol) else ""


def _is_class(symbol: str) -> bool:
    return symbol.rpartition(".")[2][:1].isupper()

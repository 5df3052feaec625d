"""What a program does, told from its calls alone: the functions by what their documentation asks for, objects by what is done with them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gpiot_data.packages.galleries.outcomes import made_figures
from gpiot_data.packages.galleries.phrases import LEANING, opens_with_verb
from gpiot_data.packages.galleries.steps import last_name, root_name
from gpiot_data.packages.references import PublicNames, used_names
from gpiot_data.packages.wording import imperative, is_request, lower_first
from gpiot_data.syntax_trees import walk

#: A program that does more is not told in one sentence.
MAX_ACTS = 4
MAX_ACT_CHARS = 90
#: A program with more for each thing that is told of it does something else; figures take many lines.
MAX_STATEMENTS_PER_ACT = 12
MAX_DRAWN = 3
MAX_ADDED = 2
#: Of programs that only read or get something, longer ones do more than their calls tell.
MAX_IDLE_STATEMENTS = 8
_DRAWS = re.compile(r"draw|animate|plot|show|display", re.IGNORECASE)
_WEAK = re.compile(
    r"(?:get|read|open|load|list|set|return|pick|select|check|print|show|display|add|create|make|split|copy|define)\b", re.IGNORECASE
)
_RETURNS = re.compile(r"returns? (?!the\b)|(?:gets?|returns?) the (?:current|parameters|name|list|number)", re.IGNORECASE)
_PLAIN_METHOD = re.compile(r"(?:set|get|add|plot|show|save|head|tail|copy|summary|to|from|print|draw|round|mean|item)(?:_|s?$)|__")
_AXES = re.compile(r"(?:\w*ax(?:e?s)?(?:_?\w{1,12})?|plt)\d*")
_PLOTTERS = frozenset({"matplotlib", "mpl_toolkits", "seaborn"})
#: Methods that return the object itself.
_CHAINED = ("fit", "set_params", "set_output", "partial_fit")
#: What methods do with an object, in the order in which it is told.
_DEEDS: Mapping[str, tuple[str, ...]] = {
    "fit": ("fit", "fit_transform", "fit_predict", "fit_resample", "partial_fit"),
    "train": ("learn_one", "learn_many", "train"),
    "resample data": ("fit_resample", "resample"),
    "transform data": ("fit_transform", "transform", "transform_one"),
    "predict": (
        "fit_predict",
        "predict",
        "predict_one",
        "predict_proba",
        "predict_proba_one",
        "forecast",
        "predict_interval",
        "get_prediction",
        "get_forecast",
    ),
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
    "ecdf": "an empirical cumulative distribution",
    "fill": "filled polygons",
    "grouped_bar": "a grouped bar chart",
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
#: What else is put on axes, or made of them.
_ADDED: Mapping[str, str] = {
    "legend": "a legend",
    "figlegend": "a legend",
    "colorbar": "a color bar",
    "annotate": "annotations",
    "text": "text",
    "bar_label": "bar labels",
    "clabel": "contour labels",
    "table": "a table",
    "twinx": "a second y axis",
    "twiny": "a second x axis",
    "secondary_xaxis": "a secondary x axis",
    "secondary_yaxis": "a secondary y axis",
    "inset_axes": "inset axes",
    "indicate_inset_zoom": "a zoomed inset",
    "axhline": "reference lines",
    "axvline": "reference lines",
    "axline": "reference lines",
    "axvspan": "shaded spans",
    "axhspan": "shaded spans",
    "add_patch": "patches",
    "add_collection": "a collection of artists",
    "set_xscale": "an x axis of another scale",
    "set_yscale": "a y axis of another scale",
    "set_major_locator": "tick locators",
    "set_minor_locator": "tick locators",
    "set_major_formatter": "tick formatters",
    "set_minor_formatter": "tick formatters",
    "tick_params": "styled ticks",
    "subplot_mosaic": "a mosaic of axes",
    "add_gridspec": "a grid of axes",
    "subfigures": "subfigures",
    "set_box_aspect": "a fixed box aspect",
    "set_clip_path": "a clip path",
    "set_path_effects": "path effects",
    "invert_yaxis": "an inverted axis",
}
#: What is called on figures and axes to lay them out and label them.
_LAYOUT = re.compile(
    r"(?:get_\w+|(?:sup)?title|(?:sup)?[xyz](?:label|lim|ticks|scale)|legend|grid|axis|margins|autoscale\w*|add_(?:subplot|axes)|subplots?\w*|"
    r"tight_layout|savefig|show|ravel|flatten|flat|figure|axes|gc[af]|sc[ai]|close|label_outer|draw|delaxes|remove|items|keys|values|view_init|"
    r"transpose|reshape|autofmt_xdate|clear|cl[af]|align_\w+|rc|use|pause|clim|invert_\w+|"
    r"set(?:_(?:title|[xyz]?(?:label|lim|ticks?|ticklabels|bound|margin)|aspect|axis_off|axis_on|visible|size_inches|figheight|figwidth|color|"
    r"\w*layout\w*|facecolor|position|ticks_position|label_position|label_text|fontsize|rotation))?)$"
)
_CANVAS = re.compile(r"fig(?:ure)?\d*")
_DECORATION = ("a line plot", "annotations", "text", "bar labels", "horizontal lines", "vertical lines", "a table")
#: Functions that help a program to its data and settings.
HELPER = re.compile(
    r"\.(?:datasets?|data|pyplot|testing|utils|examples?|tutorial|registry)\.|\.(?:show|set_\w+)$|(?:^|\.)(?:load|fetch|get|is|check|as)_\w+$|\.style\.use$|rc_context$|_(?:config|options?)$"
)


#: What only labels and lays out a figure.
LABELLING = re.compile(
    r"\.pyplot\.(?:[xy]?(?:label|ticks|lim|scale)|title|suptitle|axis|grid|text|legend|tight_layout|gc[af]|savefig|subplots_adjust|rc|clim|close)$"
)
#: What only makes a figure to draw on, or shows it.
FRAMES = re.compile(r"\.pyplot\.(?:figure|subplots?|axes|show|sca|subplot_mosaic|get_cmap|style|colormaps|draw|cla|clf|ion|ioff|pause)$")


Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Call:
    """A call: where it ends, the public symbol that it is of ("" for none), and the object and name of a method.

    `owner` is the class of the package that made the object, else the name that the expression starts with.
    """

    place: Place
    symbol: str
    owner: str
    method: str


@dataclass(frozen=True, slots=True)
class Act:
    """What a call does, as a request that goes on in a sentence, and the line of the call."""

    line: int
    text: str


def acts_request(tree: ast.Module, public: PublicNames, summaries: Mapping[str, str], own_line: int) -> str | None:
    """Return a request for what the calls of a program do, None where they do not tell it all, or not what its section adds.

    Args:
        tree: the program.
        public: the symbols of its package.
        summaries: the first sentence of the documentation of each symbol.
        own_line: where the section that the program is made for begins.
    """
    calls = read_calls(tree, public)
    told = list(_acts(calls, summaries))
    found = {act.text: act for act in reversed(told)}
    acts = [*sorted(found.values(), key=lambda act: act.line), *_drawn(calls)]
    if not acts or len(acts) > MAX_ACTS or not any(act.line >= own_line for act in _last_lines(acts, calls)):
        return None
    # Where settings are changed or figures follow each other, drawing is not the point.
    about = bool(told) or (public.packages & _PLOTTERS and not _changes_settings(tree) and len(made_figures(tree)) < 2)
    statements = sum(not isinstance(node, ast.Import | ast.ImportFrom) for node in tree.body)
    if not any(_DRAWS.match(act.text) for act in acts) and statements > MAX_STATEMENTS_PER_ACT * len(acts):
        return None
    idle = len(tree.body) > MAX_IDLE_STATEMENTS and all(_WEAK.match(act.text) for act in acts)
    if idle or not about or _untold(calls, summaries):
        return None
    texts = [act.text for act in acts]
    text = ", then ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else texts[0]
    return text[0].upper() + text[1:]


def _changes_settings(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr in ("rcParams", "rc_context", "rc") for node in walk(tree))


def _untold(calls: Sequence[Call], summaries: Mapping[str, str]) -> int:
    """Return how many functions are called, and objects worked on, of which nothing is told."""
    functions = {call.symbol for call in calls if call.symbol and not is_class(call.symbol) and not HELPER.search(call.symbol)}
    silent = [symbol for symbol in functions if _summary_request(symbol, summaries) is None]
    pyplot = {
        call.symbol for call in calls if ".pyplot." in call.symbol and not LABELLING.search(call.symbol) and not FRAMES.search(call.symbol)
    }
    silent += [symbol for symbol in pyplot if symbol.rpartition(".")[2] not in _DRAWN.keys() | _ADDED.keys()]
    working = {name for names in _DEEDS.values() for name in names}
    unknown = {call.owner for call in calls if call.method in working and not is_class(call.owner) and not _AXES.fullmatch(call.owner)}
    canvas = {
        call.method
        for call in calls
        if call.method not in _DRAWN.keys() | _ADDED.keys()
        and (_AXES.fullmatch(call.owner) or _CANVAS.fullmatch(call.owner))
        and not _LAYOUT.match(call.method)
    }
    methods = {f"{call.owner}.{call.method}" for call in calls if is_class(call.owner) and not _PLAIN_METHOD.match(call.method)}
    return (
        len(silent)
        + len(unknown)
        + len(canvas)
        + len([name for name in methods if name.rpartition(".")[2] not in working and _summary_request(name, summaries) is None])
    )


def _last_lines(acts: Sequence[Act], calls: Sequence[Call]) -> Iterator[Act]:
    """Yield acts at the last line where they happen: a model is fitted once and used further down."""
    last = {call.symbol or f"{call.owner}.{call.method}": call.place[0] for call in calls}
    for act in acts:
        names = re.findall(r"`([\w.]+)`", act.text)
        lines = [line for name, line in last.items() if any(re.search(rf"(?:^|\.){re.escape(told)}(?:\.|$)", name) for told in names)]
        yield Act(max([act.line, *lines]), act.text)


def read_calls(tree: ast.Module, public: PublicNames) -> list[Call]:
    """Read the calls of a program in the order in which they end."""
    dotted = dict(used_names(tree))
    made: dict[str, str] = {}
    nodes = list(walk(tree))
    for node in nodes:
        if isinstance(node, ast.Assign) and (maker := _maker(node.value, dotted, public)):
            made |= {target.id: maker for target in node.targets if isinstance(target, ast.Name)}
    calls = []
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        place = (node.end_lineno or 0, node.end_col_offset or 0)
        name = dotted.get((node.func.lineno, node.func.col_offset), "") if _is_chain(node.func) else ""
        symbol = public.find(name) if name else None
        if symbol and symbol.rpartition(".")[2] == last_name(node.func):
            calls.append(Call(place, symbol, "", ""))
        elif isinstance(node.func, ast.Attribute):
            root = root_name(node.func)
            # "room.window.open()" is no method of what made `room`.
            maker = made.get(root, root) if isinstance(node.func.value, ast.Name) else root
            calls.append(Call(place, "", _maker(node.func.value, dotted, public) or maker, node.func.attr))
    return sorted(calls, key=lambda call: call.place)


def _is_chain(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _acts(calls: Sequence[Call], summaries: Mapping[str, str]) -> Iterator[Act]:
    deeds: dict[str, list[str]] = {}
    for call in calls:
        if is_class(call.owner):
            deeds.setdefault(call.owner, []).append(call.method)
    told: set[str] = set()
    for call in calls:
        if call.symbol and not is_class(call.symbol) and not HELPER.search(call.symbol):
            yield from _told_by_summary(call, call.symbol, call.symbol.rpartition(".")[2], summaries)
        elif is_class(call.owner):
            short = call.owner.rpartition(".")[2]
            done = _deeds(deeds[call.owner]) if any(call.method in names for names in _DEEDS.values()) else []
            if done and short not in told:
                yield Act(call.place[0], f"{done[0]} `{short}`" + (f" and {' and '.join(done[1:])} with it" if done[1:] else ""))
                told.add(short)
            elif not done:
                yield from _told_by_summary(call, f"{call.owner}.{call.method}", f"{short}.{call.method}", summaries)


def _told_by_summary(call: Call, symbol: str, short: str, summaries: Mapping[str, str]) -> Iterator[Act]:
    if request := _summary_request(symbol, summaries):
        yield Act(call.place[0], f"{lower_first(request)} (`{short}`)")


def _summary_request(symbol: str, summaries: Mapping[str, str]) -> str | None:
    """Return what the documentation of a function asks for, where it is a short request."""
    summary = summaries.get(symbol, "")
    if not opens_with_verb(summary) or not is_request(summary.rstrip(".")) or _RETURNS.match(summary):
        return None
    request = imperative(summary, "function")
    sound = request and len(request) <= MAX_ACT_CHARS and not LEANING.search(request) and not re.search(r"[:;]|\.\s|\(s\)", request)
    return request if sound else None


def _deeds(methods: Sequence[str]) -> list[str]:
    deeds = [deed for deed, names in _DEEDS.items() if any(name in methods for name in names)]
    # "Fit `Scaler` and transform data with it", but "predict with `Model`" has nothing before it that names the object.
    return [deeds[0] if deeds[0] in ("fit", "train", "score") else f"{deeds[0]} with", *deeds[1:]] if deeds else []


def _drawn(calls: Sequence[Call]) -> Iterator[Act]:
    """Yield what a program draws on axes, at the last line where it draws."""
    drawing = [
        (call.place[0], _DRAWN[name])
        for call in calls
        if (name := call.method or call.symbol.rpartition(".")[2]) in _DRAWN
        and (_AXES.fullmatch(call.owner) or ".pyplot." in call.symbol or call.owner.startswith("matplotlib."))
    ]
    found = list(dict.fromkeys(text for _, text in drawing))
    main = [text for text in found if text not in _DECORATION] or [text for text in found if text == "a line plot"]
    if not main:
        return
    names = [call.method or call.symbol.rpartition(".")[2] for call in calls]
    added = list(dict.fromkeys(_ADDED[name] for name in names if name in _ADDED))[:MAX_ADDED]
    animated = any(name.endswith("Animation") for name in names)
    text = f"{'animate' if animated else 'draw'} {_listed(main[:MAX_DRAWN])}" + (f" with {_listed(added)}" if added else "")
    yield Act(drawing[-1][0], text)


def is_generic(request: str) -> bool:
    """Tell whether a request says no more than one kind of drawing, "Draw an image", or what moves: "Animate a line plot"."""
    kinds = "|".join(re.escape(kind) for kind in _DRAWN.values())
    return re.fullmatch(rf"Draw (?:{kinds})|Animate (?:{kinds})\b.*", request) is not None


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(texts[:-1]) + f" and {texts[-1]}" if len(texts) > 1 else texts[0]


def _maker(value: ast.expr, dotted: Mapping[Place, str], public: PublicNames) -> str:
    """Return the class of the package whose constructor gives a value, also below methods that return the object itself."""
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and last_name(value.func) in _CHAINED:
        value = value.func.value
    if not isinstance(value, ast.Call) or not _is_chain(value.func):
        return ""
    name = dotted.get((value.func.lineno, value.func.col_offset), "")
    symbol = public.find(name) if name else None
    return symbol if symbol and is_class(symbol) else ""


def is_class(symbol: str) -> bool:
    """Tell whether a dotted name is one of a class, as far as its letters tell."""
    return "." in symbol and symbol.rpartition(".")[2][:1].isupper()

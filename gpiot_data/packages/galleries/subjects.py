"""The symbols that a program is about: its own, and of these the one that the fewest programs of the package use."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from gpiot_data.packages.galleries.acts import FRAMES, LABELLING
from gpiot_data.packages.galleries.programs import GalleryProgram

#: What a program calls to get at its data, to set up a library, or to divide samples.
_SETUP = re.compile(
    r"\.(?:datasets?|data|testing|utils?|tutorial)\.|\.(?:show|use|context|\w*train_test_split|get_(?:data_path|sample_data|test_data|cachedir|cmap)|rc_context|config_context|rcParams|data_path)$"
    r"|\.set_(?:config|theme|style|options?|log_level)$|\.style\.|(?:^|\.)(?:load|make|fetch|read)(?:_\w+)?$"
)


#: A path that goes through a private module or class.
_PRIVATE = re.compile(r"\._(?!_)")
#: Methods that lay axes out.
_LAYOUT = re.compile(
    r"\.Axes\.(?:set(?:_(?:title|[xyz](?:label|lim|ticks|ticklabels|bound|margin)))?|get_\w+|grid|axis|label_outer|clear|remove|autoscale\w*)$"
)
#: Methods that add to what is drawn, and are what a program is about where its words name them.
_ADDING = re.compile(r"\.Axes\.(?:legend|text|margins|tick_params|invert_\w+|ax[hv](?:line|span)|set_aspect)$")


def symbol_counts(programs: Iterable[GalleryProgram]) -> Mapping[str, int]:
    """Return in how many programs each symbol is used."""
    return Counter(symbol for program in programs for symbol in program.symbols)


def main_symbols(program: GalleryProgram, counts: Mapping[str, int]) -> tuple[str, ...]:
    """Return the symbols that a program is about, the most telling first; none where it only calls what sets other things up.

    Its own go before those it needs from earlier sections, then those that fewer programs of the package use, then those that its words
    name.

    Args:
        program: cut out of a document.
        counts: in how many programs of the package each symbol is used.
    """
    words = f"{program.title} {program.text}".lower()
    own = program.own_symbols or program.symbols

    def rank(symbol: str) -> tuple[bool, bool, int, bool]:
        short = symbol.rpartition(".")[2]
        unnamed = re.search(rf"\b{re.escape(short.lower())}\b", words) is None
        return (symbol not in own, unnamed and _ADDING.search(symbol) is not None, counts.get(symbol, 0), unnamed)

    return tuple(sorted((symbol for symbol in program.symbols if not _sets_up(symbol)), key=rank))


def _sets_up(symbol: str) -> bool:
    return any(pattern.search(symbol) for pattern in (_SETUP, _LAYOUT, _PRIVATE, LABELLING, FRAMES))

"""Input of IPython as plain Python: magics that only set up or measure are dropped, what needs a shell is refused."""

from __future__ import annotations

import re

#: Line magics without which the code does the same.
_DROPPED = frozenset(
    {
        *("matplotlib", "config", "load_ext", "reload_ext", "autoreload", "pylab", "pip", "conda", "precision", "watermark", "warnings"),
        *("pinfo", "doctest_mode", "xmode", "colors", "env", "who", "whos", "pdb", "time_it", "memit", "reset"),
    }
)
#: Magics in front of code that is run as it is.
_TRANSPARENT = frozenset({"time", "timeit", "prun", "memit", "capture", "lprun", "snakeviz"})
_LINE = re.compile(r"^(?P<indent>\s*)(?P<mark>%{1,2})(?P<name>\w+)[ \t]*(?P<rest>.*)$")
_OPTIONS = re.compile(r"^(?:-\w+(?:[ \t]*\d+)?[ \t]+)*")
_INSTALL = re.compile(r"^\s*!\s*(?:\{?[\w.]*\}?\s*-m\s+)?(?:pip3?|conda|mamba|python -m pip)\b")
_HELP = re.compile(r"^\s*\?{1,2}[\w.]+\s*$|^\s*[\w.]+\?{1,2}\s*$")


class NotPythonError(ValueError):
    """Input that is no Python; `reason` is `magic` or `shell`."""

    def __init__(self, reason: str) -> None:
        """Name the reason."""
        super().__init__(reason)
        self.reason = reason


def plain_python(code: str) -> str:
    """Return the input of a cell as Python, line for line where it can be.

    Raises:
        NotPythonError: if it runs a shell, another language, or a magic that does more than measure.
    """
    if not re.search(r"^\s*[%!?]|\?\s*$|get_ipython\(", code, re.MULTILINE):
        return code
    lines: list[str] = []
    for line in code.split("\n"):
        magic = _LINE.match(line)
        if magic and re.search(r"%[ \t]*[\w(]", line) and lines and lines[-1].rstrip().endswith((",", "(", "\\")):
            # A continued expression may start with the operator.
            magic = None
        if magic:
            lines.append(_without_magic(magic))
        elif _INSTALL.match(line) or _HELP.match(line):
            lines.append("")
        elif line.lstrip().startswith("!"):
            raise NotPythonError("shell")
        else:
            lines.append(line)
    if "get_ipython(" in code:
        raise NotPythonError("magic")
    return "\n".join(lines)


def _without_magic(magic: re.Match[str]) -> str:
    name = magic["name"]
    if name in ("bash", "sh", "system", "sx", "script", "cmd", "writefile", "file"):
        raise NotPythonError("shell")
    if name in _DROPPED:
        return ""
    if name in _TRANSPARENT:
        # A cell magic stands above code; only a line magic has code behind it.
        return magic["indent"] + _OPTIONS.sub("", magic["rest"]) if magic["mark"] == "%" else ""
    raise NotPythonError("magic")

"""The report of a comparison: one HTML file that asks nobody for anything, reads without scripts, and fits a narrow screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from gpiot_data.console import printable
from gpiot_infer.iotbench.comparison import Kind
from gpiot_infer.iotbench.results import Measure, measures_of

Row = dict[str, Any]
#: What the bars by domain show, of each kind of tasks.
HEADLINES: dict[Kind, tuple[str, ...]] = {"code": ("pass@1", "cases_passed"), "decomposition": ("coverage",)}
TITLES: dict[Kind, str] = {"code": "Code", "decomposition": "Decomposition"}
#: A bar over one task would be that task.
MIN_DOMAIN_TASKS = 2
MAX_EXAMPLES = 6
MAX_SHOWN_CHARS = 6000

_STYLE = """
:root { color-scheme: light dark; --ink: #1a1c1e; --paper: #fff; --soft: #5a6068; --line: #d5d9de;
  --bar: #2f6f9f; --good: #1c6b34; --bad: #9c2a1c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ea; --paper: #16181a; --soft: #a3aab2; --line: #3a4046;
  --bar: #7fb6dc; --good: #7fcf97; --bad: #f0a093; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.6rem; } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); } h3 { margin-top: 1.5rem; }
.scroll { overflow-x: auto; }
.caption { color: var(--soft); margin: 1.75rem 0 .3rem; }
li, p { overflow-wrap: anywhere; }
.scroll:focus-visible, summary:focus-visible, a:focus-visible { outline: 3px solid var(--bar); outline-offset: 2px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
tbody th { min-width: 9rem; font-weight: 600; position: sticky; left: 0; background: var(--paper); }
th, td { padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
td.number { white-space: nowrap; }
.soft { color: var(--soft); font-size: .875rem; font-weight: 400; } .good { color: var(--good); } .bad { color: var(--bad); }
.bar { display: block; position: relative; height: .6rem; width: 9rem; background: var(--line); margin: .55rem 0 .25rem; }
.bar b { position: absolute; top: 0; bottom: 0; left: 0; background: var(--bar); }
.bar i { position: absolute; top: -.3rem; height: 2px; min-width: 2px; background: var(--ink); }
details { border: 1px solid var(--line); padding: .4rem .8rem; margin: .5rem 0; } summary { cursor: pointer; }
pre { overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .875rem; }
nav a { margin-right: 1rem; } a { color: var(--bar); }
@media (max-width: 40rem) { .bar { width: 6rem; } th, td { padding-right: .5rem; } tbody th { min-width: 7rem; max-width: 9rem; } }
"""
#: How answers can end without the system being done.
_HELD = {"refused": "refused by the server", "content_filter": "held back by the server's filter"}


def render_report(
    results: Mapping[str, Any], rows: Mapping[str, Sequence[Row]], answers: Mapping[str, str], runs: Mapping[str, Mapping[str, Any]]
) -> str:
    """Return the report.

    Args:
        results: what results.json holds.
        rows: the scores of each system's answers.
        answers: the text of each answer, by id.
        runs: seconds and memory of each system.
    """
    comparison, suite, intervals = results["comparison"], results["suite"], results["intervals"]
    kinds: list[Kind] = [kind for kind in HEADLINES if kind in suite["tasks"]]
    counts = ", ".join(_counted(count, f"{kind} task") for kind, count in suite["tasks"].items())
    head = f"{comparison['name']}: IoTBench {suite['version']}"
    body = [
        f"<h1>{_text(head)}</h1>",
        f"<p>{_text(counts)}; {_counted(comparison['n'], 'answer')} each at temperature {comparison['temperature']}, "
        f"top-p {comparison['top_p']}. In brackets: {100 * intervals['level']:.0f} % intervals from {intervals['draws']} draws of tasks, "
        f"for shares widened by score intervals where nearly all tasks are alike; figures over fewer than "
        f"{intervals['min_tasks']} tasks have none.</p>",
        "<nav aria-label='Sections'>" + "".join(f"<a href='#{kind}'>{TITLES[kind]}</a>" for kind in kinds),
        "<a href='#failures'>Failures</a><a href='#cost'>Cost</a><a href='#method'>How it was measured</a></nav><main>",
        *(part for kind in kinds for part in _kind(kind, results)),
        *_failures(results, rows, answers),
        *_cost(runs),
        *_method(results),
        "</main>",
    ]
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width, initial-scale=1'>"
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><title>{_text(head)}</title><style>{_STYLE}</style></head><body>\n'
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def summarise(results: Mapping[str, Any]) -> str:
    """Return the headline figures as lines of text."""
    lines = []
    for kind in (kind for kind in HEADLINES if kind in results["suite"]["tasks"]):
        for system in results["systems"]:
            total = system["figures"][kind]["total"]
            figures = [f"{name} {_plain(total[name])}" for name in (*HEADLINES[kind], "loss_per_byte")]
            lines.append(f"{kind}, {system['name']}: {'; '.join(figures)}")
    return "\n".join(lines)


def _plain(figure: Mapping[str, Any]) -> str:
    if figure["value"] is None:
        return "not known"
    interval = "" if figure["low"] is None else f" [{figure['low']:.3g}, {figure['high']:.3g}]"
    return f"{figure['value']:.3g}{interval}"


def _kind(kind: Kind, results: Mapping[str, Any]) -> list[str]:
    systems = results["systems"]
    measures = measures_of(kind, results["comparison"]["n"])
    names = "".join(f"<th scope='col'>{_text(system['name'])}</th>" for system in systems)
    table = "".join(
        f"<tr><th scope='row'>{_text(measure.title)}{_arrow(measure)}</th>"
        + "".join(f"<td class='number'>{_figure(system['figures'][kind]['total'][measure.name])}</td>" for system in systems)
        + "</tr>"
        for measure in measures
    )
    parts = [f"<h2 id='{kind}'>{TITLES[kind]}</h2>", _table("Over all tasks", f"<th scope='col'>figure</th>{names}", table)]
    if len(systems) > 1:
        parts.append(_differences(kind, measures, systems))
    for name in HEADLINES[kind]:
        parts.append(_domains(kind, next(measure for measure in measures if measure.name == name), systems))
    return parts


def _differences(kind: Kind, measures: Sequence[Measure], systems: Sequence[Mapping[str, Any]]) -> str:
    first, others = systems[0], systems[1:]
    table = []
    for measure in measures:
        figures = [system["over_first"][kind][measure.name] for system in others]
        if not any(figure["value"] for figure in figures):
            continue
        cells = [_difference(measure, figure) for figure in figures]
        table.append(f"<tr><th scope='row'>{_text(measure.title)}{_arrow(measure)}</th>{''.join(cells)}</tr>")
    names = "".join(f"<th scope='col'>{_text(system['name'])}</th>" for system in others)
    title = f"Difference to {first['name']}, task by task, without those that are equal; better or worse where the interval leaves out zero"
    if not table:
        return f"<p class='caption'>No figure differs from those of {_text(first['name'])}.</p>"
    return _table(title, f"<th scope='col'>figure</th>{names}", "".join(table))


def _difference(measure: Measure, figure: Mapping[str, Any]) -> str:
    low, high = figure["low"], figure["high"]
    sign = 0 if low is None else (low > 0) - (high < 0)
    # A word beside the colour, for those who do not see it.
    word = {1: " <span class='good'>better</span>", -1: " <span class='bad'>worse</span>"}.get(sign * measure.better, "")
    return f"<td class='number'>{_figure(figure, signed=True)}{word}</td>"


def _domains(kind: Kind, measure: Measure, systems: Sequence[Mapping[str, Any]]) -> str:
    names = "".join(f"<th scope='col'>{_text(system['name'])}</th>" for system in systems)
    table, single = [], []
    for domain in systems[0]["figures"][kind]["domains"]:
        figures = [system["figures"][kind]["domains"][domain][measure.name] for system in systems]
        tasks = max(figure["n_tasks"] for figure in figures)
        if tasks < MIN_DOMAIN_TASKS:
            single.append(domain)
            continue
        cells = "".join(f"<td>{_bar(figure)}{_figure(figure)}</td>" for figure in figures)
        table.append(f"<tr><th scope='row'>{_text(domain)} <span class='soft'>n = {tasks}</span></th>{cells}</tr>")
    left_out = f"; with one task or none, and not shown: {', '.join(single)}" if single else ""
    if not table:
        return ""
    title = f"By domain, n tasks each: {measure.title}{left_out}"
    return _table(title, f"<th scope='col'>domain</th>{names}", "".join(table))


def _bar(figure: Mapping[str, Any]) -> str:
    """Draw a share from 0 to 1 with its interval as a line above it; the number below says the same."""
    if figure["value"] is None:
        return ""
    low, high = figure["low"], figure["high"]
    span = "" if low is None else f"<i style='left:{100 * low:.1f}%;width:{100 * (high - low):.1f}%'></i>"
    return f"<span class='bar' aria-hidden='true'>{span}<b style='width:{100 * figure['value']:.1f}%'></b></span>"


def _figure(figure: Mapping[str, Any], signed: bool = False) -> str:
    if figure["value"] is None:
        return "<span class='soft'>not known</span>"
    plus = "+" if signed else ""
    text = f"{figure['value']:{plus}.3g}"
    if figure["low"] is not None:
        text += f" <span class='soft'>[{figure['low']:{plus}.3g}, {figure['high']:{plus}.3g}]</span>"
    return text


def _arrow(measure: Measure) -> str:
    words = {1: "higher is better", -1: "lower is better", 0: ""}[measure.better]
    return f" <span class='soft'>{words}</span>" if words else ""


def _failures(results: Mapping[str, Any], rows: Mapping[str, Sequence[Row]], answers: Mapping[str, str]) -> list[str]:
    parts = [
        "<h2 id='failures'>Examples of failures</h2>",
        f"<p>Up to {MAX_EXAMPLES} tasks of each part and system, one answer each. Code: the answers that came nearest, those that ran "
        "first. Decomposition: the answers that meet least of their checklist.</p>",
    ]
    for system in results["systems"]:
        mine = rows[system["name"]]
        parts.append(f"<h3>{_text(system['name'])}</h3>")
        held = Counter(row["finish"] for row in mine if row["finish"] in _HELD)
        parts += [f"<p>{_text(_counted(count, 'answer'))} {_HELD[finish]}.</p>" for finish, count in sorted(held.items())]
        for kind in (kind for kind in HEADLINES if kind in results["suite"]["tasks"]):
            parts += _failures_of(kind, [row for row in mine if row["kind"] == kind], answers)
    return parts


def _failures_of(kind: Kind, rows: Sequence[Row], answers: Mapping[str, str]) -> list[str]:
    parts = [f"<h4>{TITLES[kind]}</h4>"]
    if kind == "code":
        statuses = ", ".join(f"{name} {count}" for name, count in sorted(Counter(row["status"] for row in rows).items()))
        parts.append(f"<p>Programs: {_text(statuses)}.</p>")
        failed = [row for row in rows if not row["passed"]]
        # The best of the failures tell most.
        failed.sort(key=lambda row: (-row["ran"], -row["cases_passed"] / row["cases"], row["task"], row["sample"]))
    else:
        failed = sorted((row for row in rows if row["coverage"] < 1), key=lambda row: (row["coverage"], row["task"], row["sample"]))
    return [*parts, *(_example(row, answers[row["id"]]) for row in _one_each(failed))] if failed else [*parts, "<p>None.</p>"]


def _one_each(rows: Sequence[Row]) -> list[Row]:
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row["task"], row)
    return list(first.values())[:MAX_EXAMPLES]


def _example(row: Row, answer: str) -> str:
    if row["kind"] == "code":
        what = f"{row['status']}, {row['cases_passed']} of {row['cases']} cases"
        why = row["reason"] or ""
    else:
        what = f"{100 * row['coverage']:.0f} % of the checklist"
        why = f"not met: {', '.join(row['missing'])}"
    shown = answer if len(answer) <= MAX_SHOWN_CHARS else answer[:MAX_SHOWN_CHARS] + "\n[cut]"
    return (
        f"<details><summary>{_text(row['task'])}, answer {row['sample'] + 1}: {_text(what)}</summary>"
        f"<p>{_text(why)}</p><pre>{_text(shown)}</pre></details>"
    )


def _cost(runs: Mapping[str, Mapping[str, Any]]) -> list[str]:
    table = "".join(
        f"<tr><th scope='row'>{_text(name)}</th><td>{run['tokens']}</td><td>{run['answer_seconds']}</td><td>{run['peak_rss_mib']}</td>"
        f"<td>{run['program_cpu_seconds']}</td><td>{run['program_peak_rss_mib']}</td></tr>"
        for name, run in runs.items()
    )
    names = (
        "system",
        "tokens written",
        "seconds of answering",
        "peak memory up to then, MiB",
        "CPU seconds of programs",
        "peak of a program, MiB",
    )
    head = "".join(f"<th scope='col'>{name}</th>" for name in names)
    return ["<h2 id='cost'>Cost</h2>", _table("On the machine of this run; no claim covers these", head, table)]


def _method(results: Mapping[str, Any]) -> list[str]:
    software, suite, systems = results["software"], results["suite"], results["systems"]
    linters = software["linters"]
    facts = [
        f"Suite {suite['version']}, sha256 {suite['sha256'] or 'not locked'}.",
        "A program passes when every value that it returns in the sandbox equals what is expected, case by case.",
        *(f"{one['name']}: programs ran at isolation {', '.join(one['isolation'])}." for one in systems if one["isolation"]),
        *(f"{one['name']}: no loss: {reason}." for one in systems for reason in one["no_loss"]),
        f"{software['signatures']['bleu']}; {software['signatures']['chrf']}.",
        f"ruff {linters['ruff']}: bugs are {', '.join(linters['bugs'])}; smells are {', '.join(linters['smells'])} without "
        f"{', '.join(linters['not_smells'])}; bandit {linters['bandit']}; over answers that are Python.",
        f"Encoder {software['encoder']['name']}.",
        "The checklist tells which essential parts a decomposition names, not whether its steps are right.",
    ]
    return ["<h2 id='method'>How it was measured</h2><ul>", *(f"<li>{_text(fact)}</li>" for fact in facts), "</ul>"]


def _table(caption: str, head: str, body: str) -> str:
    # Focusable, so that a wide table can be scrolled with the keyboard.
    label = escape(caption, quote=True)
    return (
        f"<p class='caption'>{_text(caption)}</p><div class='scroll' tabindex='0' role='region' aria-label='{label}'>"
        f"<table aria-label='{label}'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _counted(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count} {name}s"


def _text(value: str) -> str:
    return escape(printable(value))

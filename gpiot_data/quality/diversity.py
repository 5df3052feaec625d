"""How varied the rows of a dataset are: n-grams, skeletons and embeddings, each against the number of rows.

A dataset that repeats itself shows it in the curve: what is distinct grows more slowly than the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from gpiot_data.errors import InputError
from gpiot_data.quality.ngrams import NgramCurve, distinct_ngrams
from gpiot_data.quality.skeletons import code_skeleton, text_skeleton
from gpiot_data.schema import DESCRIBE_PROMPT
from gpiot_data.store import sha256_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gpiot_data.vectors import Encoder

JsonRow = Mapping[str, Any]

#: Largest n of distinct-n.
MAX_N = 4
DIGITS = 6
#: Rows whose texts are encoded at a time; bounds memory.
BATCH = 2048


@dataclass(frozen=True, slots=True)
class Measure:
    """How varied one part of the first `rows` rows is; None where there is nothing to measure.

    `distinct` holds distinct-1 to distinct-4: different n-grams over all n-grams. `common_share` is the share of the most common
    skeleton. `spread` is the mean cosine distance over all pairs of rows, `effective` the number of rows, all different, that
    would vary as much (Vendi score).
    """

    rows: int
    distinct: tuple[float | None, ...]
    skeletons: int
    common_share: float
    spread: float | None
    effective: float | None


@dataclass(frozen=True, slots=True)
class Diversity:
    """What `measure_diversity` found: for each part of a row that any row has, the curve, its last point being the whole dataset."""

    rows: int
    encoder: dict[str, str] | None
    parts: dict[str, tuple[Measure, ...]]

    def to_json(self) -> dict[str, Any]:
        """Return the mapping stored in `diversity.json`."""
        parts = {name: [asdict(measure) for measure in curve] for name, curve in self.parts.items()}
        return {"schema": "gpiot.diversity/1", "rows": self.rows, "encoder": self.encoder, "parts": parts}


def measure_diversity(rows: Sequence[JsonRow], encoder: Encoder | None = None, seed: int = 0) -> Diversity:
    """Measure questions, answers and code of rows, whatever the order of `rows`.

    Args:
        rows: stored rows of one dataset, of either kind.
        encoder: for `spread` and `effective`, which are None without one.
        seed: of the order in which rows are taken up by the curve: by a hash of seed and id.

    Raises:
        InputError: if the encoder returns vectors of the wrong shape, or not finite ones.

    Source: distinct-n: Li et al. 2016, DOI 10.18653/v1/N16-1014; Vendi score: Friedman and Dieng 2023, arXiv 2210.02410, with the
    cosine as kernel.
    """
    ordered = sorted(rows, key=lambda row: (sha256_text(f"{seed}\x00diversity\x00{row['id']}"), str(row["id"])))
    parts: dict[str, list[str]] = {"question": [], "answer": [], "code": []}
    for row in ordered:
        for name, text in (("question", question_text(row)), ("answer", answer_text(row)), ("code", str(row.get("code") or ""))):
            if text.strip():
                parts[name].append(text)
    described = None if encoder is None else {"name": encoder.name, "sha256": encoder.sha256}
    curves = {name: _measure_texts(texts, name == "code", encoder) for name, texts in parts.items() if texts}
    return Diversity(len(rows), described, curves)


def question_text(row: JsonRow) -> str:
    """Return what a row asks, without the words of the prompt and the headings that all rows share."""
    if "problem" in row:
        return str(row["problem"])
    specification = row.get("specification")
    if specification is None:
        return DESCRIBE_PROMPT.format(symbol=row["symbol"], package=row["package"])
    variables = [*specification["inputs"], *specification["outputs"]]
    lines = [" ".join(str(value) for value in (f"`{item['name']}`", item["type"], item["description"]) if value) for item in variables]
    return "\n".join([str(specification["target"]), *lines])


def answer_text(row: JsonRow) -> str:
    """Return what a row answers in words: its sub-tasks with their steps, or its documentation without headings."""
    if "tasks" in row:
        return "\n".join(line for task in row["tasks"] for line in (task["name"], *task["steps"]))
    return "\n".join(line for line in str(row["documentation"]).splitlines() if not line.startswith("#"))


def curve_points(total: int) -> list[int]:
    """Return the numbers of rows at which a curve is measured: 1, 2, 5, 10, ... for the same counts in every dataset, and `total`.

    The last eleven of these are kept.
    """
    steps = [digit * 10**power for power in range(len(str(total))) for digit in (1, 2, 5)]
    return [*(step for step in steps if step < total), total][-11:]


def _measure_texts(texts: Sequence[str], code: bool, encoder: Encoder | None) -> tuple[Measure, ...]:
    points = curve_points(len(texts))
    ngrams: NgramCurve = distinct_ngrams(texts, points, MAX_N)
    skeletons = _skeleton_curve(texts, points, code)
    spreads = [(None, None)] * len(points) if encoder is None else _embedding_curve(texts, points, encoder)
    curve = []
    for point, counts, (different, most), (spread, effective) in zip(points, ngrams, skeletons, spreads, strict=True):
        distinct = tuple(_share(*pair) for pair in counts)
        curve.append(Measure(point, distinct, different, round(most / point, DIGITS), spread, effective))
    return tuple(curve)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, DIGITS) if whole else None


def _skeleton_curve(texts: Sequence[str], points: Sequence[int], code: bool) -> list[tuple[int, int]]:
    """Return for each point how many skeletons there are and how often the most common one occurs."""
    counts: Counter[str] = Counter()
    found, most = [], 0
    wanted = set(points)
    for number, text in enumerate(texts, start=1):
        # The hash stands for a skeleton, which can be as long as the text.
        key = sha256_text(skeleton_of(text, code))[:32]
        counts[key] += 1
        most = max(most, counts[key])
        if number in wanted:
            found.append((len(counts), most))
    return found


def skeleton_of(text: str, code: bool) -> str:
    """Return the skeleton of a text or of a program; a program that is no Python counts as text."""
    if code:
        try:
            return code_skeleton(text)
        except ValueError:
            pass
    return text_skeleton(text)


def _embedding_curve(texts: Sequence[str], points: Sequence[int], encoder: Encoder) -> list[tuple[float | None, float | None]]:
    """Return (spread, effective) at each point, from the running sum of the vectors and of their outer products.

    Of vectors with sum s, the products of all ordered pairs add up to |s|^2 less the squared lengths; the eigenvalues of the n x n
    matrix of cosines are those of the d x d matrix of outer products. Both are thus exact without the n x n matrix.
    """
    import numpy as np

    total, outer, count = np.zeros(encoder.dims), np.zeros((encoder.dims, encoder.dims)), 0
    found: list[tuple[float | None, float | None]] = []
    for start, end in _batches(points):
        vectors = encoder.encode(texts[start:end]).astype(np.float64)
        if vectors.shape != (end - start, encoder.dims) or not np.isfinite(vectors).all():
            raise InputError(
                f"the encoder {encoder.name} returned an array of shape {vectors.shape} for {end - start} texts, expected finite values "
                f"of shape {(end - start, encoder.dims)}; choose another encoder"
            )
        # A text of which the encoder knows no word has no direction.
        count += int(vectors.any(axis=1).sum())
        total += vectors.sum(axis=0)
        outer += vectors.T @ vectors
        if end in points:
            found.append((_spread(total, outer, count), _effective(outer)))
    return found


def _batches(points: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = 0
    for point in points:
        while start < point:
            end = min(point, start + BATCH)
            yield start, end
            start = end


def _spread(total: NDArray[np.float64], outer: NDArray[np.float64], count: int) -> float | None:
    if count < 2:
        return None
    # 0.0 is added since rounding can leave a negative zero.
    return round(1 - (float(total @ total) - float(outer.trace())) / (count * (count - 1)), DIGITS) + 0.0


def _effective(outer: NDArray[np.float64]) -> float | None:
    """Return the exponential of the entropy of the eigenvalues: from 1 to the number of texts or of dimensions, the smaller."""
    import numpy as np

    weight = float(outer.trace())
    if not weight:
        return None
    values = np.linalg.eigvalsh(outer / weight)
    # What rounding leaves of a zero.
    values = values[values > 1e-12]
    return round(float(np.exp(-(values * np.log(values)).sum())), DIGITS)

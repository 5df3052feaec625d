"""Figures over the answers of a system: estimators, and intervals by resampling tasks.

Every figure is a ratio of two sums over tasks, or BLEU, which is a function of such sums. So one draw of tasks gives one value of each
figure, and the interval of a figure is the middle 95 % of its values over many draws. The draws are the same for all systems: the
interval of a difference is that of paired values.

Draws of a few tasks tell little, and draws of tasks that all have one value tell nothing: fewer than `MIN_TASKS` tasks have no interval,
and that of a share is widened by a score interval where fewer than `MIN_SIDE` tasks' worth lie below or above it. With 0 of 60
tasks passed it is [0, 0.06], not [0, 0]. A difference of shares is widened likewise where fewer than `MIN_TASKS` tasks differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DRAWS = 2000
LEVEL = 0.95
MAX_ORDER = 4
MIN_TASKS = 10
MIN_SIDE = 5
#: The quantile of the normal distribution that leaves out half of what `LEVEL` leaves out.
NORMAL = 1.959964

Sums = Sequence[float]
Interval = tuple[float, float]
Statistic = Callable[["NDArray[np.float64]"], "NDArray[np.float64]"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its interval; None where no task tells, or too few do."""

    value: float | None
    low: float | None
    high: float | None
    n_tasks: int

    def to_json(self) -> dict[str, Any]:
        """Return the mapping in results."""
        return {"value": self.value, "low": self.low, "high": self.high, "n_tasks": self.n_tasks}


def pass_at_k(n: int, correct: int, k: int) -> float:
    """Estimate without bias the probability that one of k answers is correct, from n answers of which `correct` are.

    Source: Chen et al. 2021, arXiv 2107.03374, equation 1, as a product so that no binomial overflows.

    Raises:
        ValueError: unless 0 <= correct <= n and 1 <= k <= n.
    """
    if not (0 <= correct <= n and 1 <= k <= n):
        raise ValueError(f"expected 0 <= correct <= n and 1 <= k <= n, got n={n}, correct={correct}, k={k}")
    if n - correct < k:
        return 1.0
    return 1.0 - math.prod(1.0 - k / rest for rest in range(n - correct + 1, n + 1))


def ks_of(n: int) -> tuple[int, ...]:
    """Return the k for which pass@k is given with n answers a task."""
    return tuple(sorted({k for k in (1, 5, 10, 100) if k <= n} | {n}))


def ratio(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the first sum over the second, of shape (draws,), NaN where that is 0; `sums` has shape (draws, 2)."""
    import numpy as np

    found: NDArray[np.float64] = np.divide(sums[:, 0], sums[:, 1], out=np.full(len(sums), np.nan), where=sums[:, 1] != 0)
    return found


def bleu(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return corpus BLEU of each row of sums: matches by order, n-grams by order, words of the answers, words of the references."""
    import numpy as np
    from sacrebleu.metrics.bleu import BLEU

    def one(row: NDArray[np.float64]) -> float:
        counts = [round(value) for value in row]
        correct, total = counts[:MAX_ORDER], counts[MAX_ORDER : 2 * MAX_ORDER]
        return float(BLEU.compute_bleu(correct, total, counts[-2], counts[-1], smooth_method="exp").score)

    return np.array([one(row) if row[-1] else np.nan for row in sums])


def wilson(share: float, n: int) -> Interval:
    """Return the score interval of a share of n tasks; wide enough for means of tasks between 0 and 1, which vary less than 0 and 1 do.

    Source: Wilson 1927, doi:10.1080/01621459.1927.10502953.
    """
    square = NORMAL**2
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = NORMAL * math.sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def newcombe(one: float, other: float, n: int) -> Interval:
    """Return the interval of the difference of two shares of n tasks each, as if the tasks were not paired: wider than need be.

    Source: Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10.
    """
    (low, high), (other_low, other_high) = wilson(one, n), wilson(other, n)
    between = one - other
    return between - math.hypot(one - low, other_high - other), between + math.hypot(high - one, other - other_low)


def estimate(tasks: Mapping[str, Sums], order: Sequence[str], seed: int, statistic: Statistic = ratio, *, share: bool = False) -> Figure:
    """Return a figure over tasks.

    Args:
        tasks: the sums of each task that tells something.
        order: all tasks asked, which the draws are made from, whether they tell something or not.
        seed: of the draws.
        statistic: sums of shape (draws, parts) -> values of shape (draws,).
        share: whether each task has a value from 0 to 1, and all weigh the same.
    """
    values = replicate(tasks, order, seed, statistic)
    n_tasks, value = sum(name in tasks for name in order), float(values[0])
    few = share and math.isfinite(value) and min(value, 1 - value) * n_tasks < MIN_SIDE
    return _figure(values, n_tasks, wilson(min(max(value, 0.0), 1.0), n_tasks) if few and n_tasks else None)


def difference(
    one: Mapping[str, Sums],
    other: Mapping[str, Sums],
    order: Sequence[str],
    seed: int,
    statistic: Statistic = ratio,
    *,
    share: bool = False,
) -> Figure:
    """Return by how much a figure of `one` is above that of `other`, over the tasks that both tell of; see `estimate`."""
    both = [name for name in order if name in one and name in other]
    pair = [replicate({name: side[name] for name in both}, order, seed, statistic) for side in (one, other)]
    few = share and both and sum(tuple(one[name]) != tuple(other[name]) for name in both) < MIN_TASKS
    shares = [min(max(float(values[0]), 0.0), 1.0) for values in pair]
    wider = newcombe(shares[0], shares[1], len(both)) if few else None
    return _figure(pair[0] - pair[1], len(both), wider)


def replicate(tasks: Mapping[str, Sums], order: Sequence[str], seed: int, statistic: Statistic) -> NDArray[np.float64]:
    """Return the value over all tasks, then its values over `DRAWS` draws of as many tasks with replacement."""
    import numpy as np

    width = len(next(iter(tasks.values()), (0.0, 0.0)))
    table = np.array([tasks.get(name, (0.0,) * width) for name in order], dtype=np.float64).reshape(len(order), width)
    drawn = np.random.default_rng(seed).integers(0, max(1, len(order)), size=(DRAWS, len(order)))
    # How often each task was drawn, times its sums.
    counts = np.stack([np.bincount(row, minlength=len(order)) for row in drawn]) if len(order) else np.zeros((DRAWS, 0))
    sums = np.vstack([table.sum(axis=0)[None], counts @ table])
    return statistic(sums)


def _figure(values: NDArray[np.float64], n_tasks: int, wider: Interval | None = None) -> Figure:
    import numpy as np

    value, draws = float(values[0]), values[1:][np.isfinite(values[1:])]
    if not math.isfinite(value):
        return Figure(None, None, None, n_tasks)
    if n_tasks < MIN_TASKS or not len(draws):
        return Figure(_rounded(value), None, None, n_tasks)
    low, high = map(float, np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
    if wider is not None:
        low, high = min(low, wider[0]), max(high, wider[1])
    return Figure(_rounded(value), _rounded(low), _rounded(high), n_tasks)


def _rounded(value: float) -> float:
    # More digits than the tasks bear out, and few enough to be the same on machines that sum in another order.
    return round(value, 5) + 0.0


class TextMetrics:
    """BLEU and chrF of sacrebleu with their signatures."""

    def __init__(self) -> None:
        """Open both.

        Raises:
            InputError: if sacrebleu is not installed.
        """
        try:
            from sacrebleu.metrics.bleu import BLEU
            from sacrebleu.metrics.chrf import CHRF
        except ImportError as error:
            from gpiot_data.errors import InputError

            raise InputError("BLEU needs the package sacrebleu; run: pip install 'gpiot[bench]'") from error
        self._bleu = BLEU(effective_order=True)
        self._chrf = CHRF()

    def bleu_sums(self, answer: str, reference: str) -> tuple[float, ...]:
        """Return what one answer adds to the sums of `bleu`."""
        score = self._bleu.sentence_score(answer, [reference])
        return (*map(float, score.counts), *map(float, score.totals), float(score.sys_len), float(score.ref_len))

    def chrf(self, answer: str, reference: str) -> float:
        """Return the chrF2 of one answer, 0 to 100."""
        return float(self._chrf.sentence_score(answer, [reference]).score)

    def signatures(self) -> dict[str, str]:
        """Return what names the metrics in a publication; BLEU is pooled over a corpus, so its order is the full one."""
        from sacrebleu.metrics.bleu import BLEU

        pooled = BLEU()
        # A signature tells the number of references, which a metric knows once it was used.
        pooled.corpus_score(["a"], [["a"]])
        self.chrf("a", "a")
        return {"bleu": str(pooled.get_signature()), "chrf": f"{self._chrf.get_signature()}|mean of answers"}

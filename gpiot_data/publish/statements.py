"""What holds for every dataset of a kind, for its card and its Croissant file: how it was made, what it is for, what it cannot tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["tdd", "cgd"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """Sentences for people, each true of any dataset of its kind; `variants` of those whose build had a stage for augmentation."""

    summary: str
    collection: str
    variants: str
    raw_data: str
    uses: tuple[str, ...]
    limits: tuple[str, ...]
    biases: tuple[str, ...]


_OUT_OF_SCOPE = "Not made for: judging people, medical or safety decisions, or programs that nobody reads before they run on a device."

STATEMENTS: dict[Kind, Statements] = {
    "tdd": Statements(
        summary="Task decomposition pairs: an IoT problem statement and its sub-tasks with implementation steps, taken from papers.",
        collection=(
            "The text of each paper was read from its PDF file together with its place on the pages. Sections that describe a technical "
            "module were told from others by rules, and each gave a problem statement with its sub-tasks and their steps."
        ),
        variants=(
            "Variants for other sensors, representations and devices were made from such pairs: the application of the pair and the part "
            "that its module plays were kept; problem, steps and figures were written anew, by rules from an ontology of sensors and "
            "computers. The field `parents` names each step."
        ),
        raw_data="The PDF files of the sources, pinned by sha256. They are not part of the dataset; each row names its page and its span.",
        uses=(
            "Training and testing language models that break an IoT problem down into sub-tasks with steps.",
            _OUT_OF_SCOPE,
        ),
        limits=(
            "Nothing was executed: a step is what a paper says, or what an augmentation made of it, not what was seen to work.",
            "Figures, formulas and tables of the papers are left out, and a step that needs one is incomplete without it.",
            "The order of sub-tasks is that of the paper's text, which need not be the order of execution.",
            "All text is English.",
        ),
        biases=("Rows tell of what gets published: laboratory conditions, named boards and data sets, and methods that worked.",),
    ),
    "cgd": Statements(
        summary=(
            "Code generation pairs from Python packages: a symbol and its description, or a specification and its code with documentation."
        ),
        collection=(
            "Signatures, docstrings, documented examples and example programs were read from the released archives of the packages, "
            "without importing them. Each gave a description, or a specification with the program that fulfils it."
        ),
        variants="Variants of programs that ran were made and kept where they ran too; the field `parents` names each step.",
        raw_data="The archives of the packages, pinned by sha256. They are not part of the dataset; each row names its file and lines.",
        uses=(
            "Training and testing language models that write Python for signal processing, sensing, networking and learning on devices.",
            _OUT_OF_SCOPE,
        ),
        limits=(
            "Programs fit the pinned versions of their packages; other versions may refuse them or give other values.",
            "The verdict `ran` says that a program ended without an error, and nothing about its results.",
            "Documentation is taken over from the packages, with the errors that it may have.",
            "Types, shapes, units and rates of a specification are null where neither documentation nor a run tells them.",
            "All text is English, all code is Python.",
        ),
        biases=(
            "Packages with much documentation give most rows, and documented examples are shorter and tidier than programs in use.",
            "Inputs are mostly made up by the program itself; files, sensors and networks are rare.",
        ),
    ),
}

#: What is true of all datasets.
SENSITIVE = (
    "Nothing about persons was collected on purpose. The sources are published works, which may name their authors; "
    "rows hold no contributor lists, and no data of users."
)
SOCIAL_IMPACT = (
    "Small models trained on it can write programs for devices without sending requirements to a server. Such programs can be wrong: "
    "read them, and run them in a sandbox first."
)
#: What is true where a language model wrote rows.
BY_MODEL = (
    "Rows of the teacher chat were written by a language model that was shown the passage which the row names, and were checked by rules "
    "alone: they can misread it. The terms of that model may limit what its answers are used for."
)
MAINTENANCE = (
    "A version never changes once it is out. Corrections make a new version by a new manifest: major when rows changed or went, minor when "
    "rows came. The lock names every source and stage, so that any version can be built again."
)


def largest_source(statistics: dict[str, Any]) -> tuple[str, float] | None:
    """Return the source with most rows and its share of all rows, or None without rows; of equals the first by name."""
    counts = {name: sum(kinds.values()) for name, kinds in statistics["sources"].items()}
    if not statistics["rows"] or not counts:
        return None
    name = min(counts, key=lambda source: (-counts[source], source))
    return name, counts[name] / statistics["rows"]


def protocol(stage: dict[str, Any]) -> str:
    """Return what a stage did, by its record in the lock, as one line."""
    rejected = ", ".join(f"{reason} {count}" for reason, count in sorted(stage["rejected"].items())) or "none"
    came = "" if stage["in"] is None else f"{stage['in']} rows in, "
    return f"{stage['name']}: {came}{stage['out']} rows out; rejected: {rejected}"

"""A build manifest: what to build, from which corpora, split how."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from gpiot_data import manifest
from gpiot_data.chat_rule import ChatRule
from gpiot_data.errors import BadDataset, BadManifest
from gpiot_data.imprint import Imprint
from gpiot_data.sources.packages import PackageCorpus, PackageSource
from gpiot_data.sources.papers import PaperCorpus, PaperSource
from gpiot_data.variants_rule import VariantsRule

Source = PaperSource | PackageSource


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRule:
    """Which sources are held out; a source is never cut in two.

    `test_sources` names them; otherwise each source goes to test with probability `test_share`,
    decided by a hash of the seed and its id.
    """

    test_sources: tuple[str, ...] = ()
    test_share: float = 0.0

    def __post_init__(self) -> None:
        """Check the share.

        Raises:
            BadManifest: if it is outside 0..1, or both ways are used at once.
        """
        if self.test_sources and self.test_share:
            raise BadManifest("split: give either test_sources or test_share, not both")
        if not 0.0 <= self.test_share <= 1.0:
            raise BadManifest(f"split.test_share: expected a number from 0 to 1, got {self.test_share}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DedupRule:
    """Which rows are duplicates: `exact` takes copies only, `near` also rows that share words or meaning.

    Near means a Jaccard similarity of five-word shingles from `jaccard` on, or a cosine of the encoder's vectors from
    `cosine` on, of the question or the answer (`any`) or of each of them (`both`).
    `encoder` is `static`, `minilm`, or a sentence-transformers model on this machine: its name, or its folder relative to the
    manifest's. `against` are folders of published datasets, relative to the manifest's folder too: rows that are near to one of
    theirs go as well.
    """

    method: Literal["exact", "near"] = "near"
    jaccard: float = 0.7
    cosine: float = 0.9
    encoder: str = "static"
    match: Literal["any", "both"] = "any"
    against: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the thresholds.

        Raises:
            BadManifest: if one is outside its range or has too many digits, the encoder has no name, or other datasets are named
                for exact duplicates.
        """
        for name, least, value in (("jaccard", 0.3, self.jaccard), ("cosine", 0.5, self.cosine)):
            if not least <= value <= 1.0:
                raise BadManifest(f"dedup.{name}: expected a number from {least} to 1, got {value}")
            if round(value, 4) != value:
                raise BadManifest(f"dedup.{name}: expected at most four digits after the point, as similarities have, got {value}")
        if not self.encoder.strip():
            raise BadManifest("dedup.encoder: expected static, minilm, or a sentence-transformers model, got an empty text")
        if self.against and self.method == "exact":
            raise BadManifest("dedup.against: needs method near, which finds copies too")


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyRule:
    """How the programs of rows are run.

    A manifest may ask for more isolation than `auto`, never for less: whoever wrote it is not who runs it.
    `also` are requirements that every environment holds besides the package under test.
    """

    sandbox: Literal["auto", "strong", "medium"] = "auto"
    cpu_s: float = 20.0
    also: tuple[str, ...] = ("numpy", "matplotlib")

    def __post_init__(self) -> None:
        """Check the limit.

        Raises:
            BadManifest: if it is no usable number of seconds.
        """
        if not 1.0 <= self.cpu_s <= 3600.0:
            raise BadManifest(f"verify.cpu_s: expected seconds from 1 to 3600, got {self.cpu_s}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsRule:
    """How much of a dataset one symbol, one wording and one kind of row may take.

    At most `per_symbol` rows of each kind for a symbol; no skeleton of a target or of a documentation on more than the share `skeleton`
    of the rows that have one; descriptions at most the share `descriptions` of all rows.
    """

    per_symbol: int = 6
    skeleton: float = 0.02
    descriptions: float = 0.5

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            BadManifest: if one is outside its range.
        """
        if self.per_symbol < 1:
            raise BadManifest(f"limits.per_symbol: expected a whole number from 1 on, got {self.per_symbol}")
        for name, value in (("skeleton", self.skeleton), ("descriptions", self.descriptions)):
            if not 0.0 <= value <= 1.0:
                raise BadManifest(f"limits.{name}: expected a number from 0 to 1, got {value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AugmentRule:
    """How many variants a program that runs may get at most: the same computation for other targets."""

    per_origin: int = 4

    def __post_init__(self) -> None:
        """Check the number.

        Raises:
            BadManifest: if it is none from 1 to 8; no program has more targets that it truly fulfils.
        """
        if not 1 <= self.per_origin <= 8:
            raise BadManifest(f"augment.per_origin: expected a number from 1 to 8, got {self.per_origin}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A build manifest as written by a person; paths in `corpora` are relative to the manifest's folder.

    Without `verify` nothing is run, and every verdict says so; `augment` needs it, and is for programs as `variants` is for decompositions.
    `decontaminate` names folders of fingerprints,
    relative to the manifest's folder as well: rows that hold what they were made of are dropped. Without `limits` a symbol, a wording
    or a kind of row may fill any share of the rows. `imprint` is for versions that are published: `croissant.json` needs it.
    The teacher `chat` writes decompositions by asking the model that the key `chat` names; `rules` asks none, whatever that key says.
    A build ends with exit code 1 when more than `max_drop_rate` of its sources cannot be used.
    """

    schema: Literal["gpiot.manifest/1"]
    name: str
    version: str
    kind: Literal["tdd", "cgd"]
    corpora: tuple[str, ...]
    teacher: Literal["rules", "chat"] = "rules"
    chat: ChatRule | None = None
    seed: int = 0
    dedup: DedupRule = field(default_factory=DedupRule)
    decontaminate: tuple[str, ...] = ()
    split: SplitRule = field(default_factory=SplitRule)
    max_drop_rate: float = 0.5
    verify: VerifyRule | None = None
    augment: AugmentRule | None = None
    variants: VariantsRule | None = None
    limits: LimitsRule | None = None
    imprint: Imprint | None = None

    def __post_init__(self) -> None:
        """Check what the types cannot.

        Raises:
            BadManifest: naming the key and the value.
        """
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", self.name):
            raise BadManifest(f"name: expected lower-case letters, digits, '.', '_' and '-', got {self.name!r}")
        if not re.fullmatch(r"\d+\.\d+\.\d+", self.version):
            raise BadManifest(f"version: expected a version such as 1.0.0, got {self.version!r}")
        if not self.corpora:
            raise BadManifest("corpora: expected at least one corpus file")
        if not (math.isfinite(self.max_drop_rate) and 0.0 <= self.max_drop_rate <= 1.0):
            raise BadManifest(f"max_drop_rate: expected a number from 0 to 1, got {self.max_drop_rate}")
        if self.verify is not None and self.kind != "cgd":
            raise BadManifest(f"verify: rows of kind {self.kind} have no programs to run; leave the key out")
        if self.augment is not None and self.kind != "cgd":
            raise BadManifest(f"augment: rows of kind {self.kind} have no programs; their variants are made by the key 'variants'")
        if self.variants is not None and self.kind != "tdd":
            raise BadManifest(f"variants: rows of kind {self.kind} are no decompositions; programs get variants by the key 'augment'")
        if self.augment is not None and self.verify is None:
            raise BadManifest("augment: a variant counts only once it ran; add the key 'verify', such as verify: {cpu_s: 20.0}")
        if self.limits is not None and self.kind != "cgd":
            raise BadManifest(f"limits: rows of kind {self.kind} have no symbol; leave the key out")
        self._check_teacher()

    def _check_teacher(self) -> None:
        if self.kind != "tdd" and (self.teacher == "chat" or self.chat is not None):
            raise BadManifest(f"teacher: rows of kind {self.kind} are written by rules; leave chat out")
        if self.teacher == "chat" and self.chat is None:
            raise BadManifest("teacher: chat needs the key 'chat', such as chat: {base_url: ..., model: ..., budget: {calls: 500}}")


def load_plan(path: Path) -> Plan:
    """Read a build manifest.

    Raises:
        BadManifest: if it does not follow the schema.
    """
    return manifest.load(Plan, path)


def load_sources(plan: Plan, path: Path) -> list[Source]:
    """Return the sources of all corpora of a plan, sorted by name so that the order of the files is of no account.

    Raises:
        BadManifest: if a corpus is missing or of the wrong kind, a source is listed twice, or a test source is in none of them.
    """
    sources: list[Source] = []
    for name in plan.corpora:
        corpus_path = path.parent / name
        kind = manifest.read_yaml(corpus_path).get("kind")
        wanted = "papers" if plan.kind == "tdd" else "packages"
        if kind != wanted:
            raise BadManifest(f"{corpus_path}: kind is '{kind}', but a {plan.kind} manifest takes corpora of kind '{wanted}'")
        sources.extend(PaperCorpus.load(corpus_path).sources if wanted == "papers" else PackageCorpus.load(corpus_path).sources)
    known: set[str] = set()
    for source in sources:
        if source.id in known:
            raise BadManifest(f"{path}: corpora: the source '{source.id}' is listed twice; a row must come from one place")
        known.add(source.id)
    for name in plan.split.test_sources:
        if name not in known:
            raise BadManifest(f"{path}: split.test_sources: '{name}' is in none of the corpora; known: {', '.join(sorted(known))}")
    return sorted(sources, key=lambda source: source.id)


def describe_source(source: Source) -> dict[str, Any]:
    """Return what a lock records of a source."""
    return {
        "id": source.id,
        "corpus": source.corpus,
        "version": source.version,
        "file": source.file,
        "sha256": source.sha256,
        "license": source.license,
        **(_describe_package(source) if isinstance(source, PackageSource) else _describe_paper(source)),
    }


def _describe_paper(source: PaperSource) -> dict[str, Any]:
    told = {"title": source.title, "engine": source.engine, **({"origin": source.origin} if source.origin else {})}
    return told | ({} if source.min_confidence is None else {"min_confidence": source.min_confidence})


def _describe_package(source: PackageSource) -> dict[str, Any]:
    tags = {module: list(tags) for module, tags in source.module_tags.items()}
    lists = {"tags": list(source.tags), "module_tags": tags, "skip": list(source.skip), "documents": list(source.documents)}
    given = {name: value for name, value in {"evidence": source.evidence, **lists}.items() if value}
    return {"modules": list(source.modules), **given}


def source_of(entry: dict[str, Any]) -> PackageSource:
    """Return the pinned package that a lock records.

    Raises:
        BadDataset: if the record is incomplete.
    """
    try:
        return PackageSource(
            name=entry["id"],
            version=entry["version"],
            file=entry["file"],
            sha256=entry["sha256"],
            license=entry["license"],
            modules=tuple(entry["modules"]),
            corpus=entry["corpus"],
            tags=tuple(entry.get("tags", ())),
            module_tags={module: tuple(tags) for module, tags in entry.get("module_tags", {}).items()},
            evidence=entry.get("evidence", ""),
            skip=tuple(entry.get("skip", ())),
            documents=tuple(entry.get("documents", ())),
        )
    except (KeyError, TypeError) as error:
        raise BadDataset(f"the lock does not say enough of the source {entry.get('id')}; build the dataset again") from error


def paper_of(entry: dict[str, Any]) -> PaperSource | None:
    """Return the pinned paper that a lock records, if it says where it can be had; where others lie, only their corpus tells.

    Raises:
        BadDataset: if the record is incomplete.
    """
    if not entry.get("origin"):
        return None
    try:
        return PaperSource(
            id=entry["id"],
            sha256=entry["sha256"],
            license=entry["license"],
            # Never the name that the lock gives: it becomes a path in the cache.
            file=f"{entry['id']}.pdf",
            origin=entry["origin"],
            version=entry["version"],
            title=entry["title"],
            corpus=entry["corpus"],
            engine=entry["engine"],
            min_confidence=entry.get("min_confidence"),
        )
    except (KeyError, TypeError, BadManifest) as error:
        raise BadDataset(f"the lock does not say enough of the source {entry.get('id')}; build the dataset again") from error

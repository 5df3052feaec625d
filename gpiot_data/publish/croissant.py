"""`croissant.json`: a dataset described for machines, with responsible-AI fields and provenance.

The description is plain JSON-LD and follows from the lock and the statistics alone, so its bytes are the same in every build of the same
dataset. `mlcroissant`, which knows no provenance, only checks it: importing it takes longer than many a build.

Source: Croissant 1.1, https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html; the RAI vocabulary 1.0,
https://docs.mlcommons.org/croissant/docs/croissant-rai-spec.html; PROV-O, https://www.w3.org/TR/prov-o/.
"""

from __future__ import annotations

import json
import logging
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gpiot_data import __version__
from gpiot_data.errors import BadDataset
from gpiot_data.imprint import Imprint
from gpiot_data.plan import Plan
from gpiot_data.publish.croissant_fields import describe_fields
from gpiot_data.publish.facts import Facts, Writer
from gpiot_data.publish.statements import BY_MODEL, MAINTENANCE, SENSITIVE, SOCIAL_IMPACT, STATEMENTS, largest_source, protocol
from gpiot_data.sources.licences import licence_names

JsonRow = dict[str, Any]

FILE = "croissant.json"
CONFORMS_TO = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
_FORMATS = {".jsonl": "application/jsonlines", ".parquet": "application/x-parquet"}


def render_croissant(plan: Plan, facts: Facts) -> str:
    """Return the content of `croissant.json`; without an imprint it lacks what the standard wants, and `check_croissant` says so."""
    said = STATEMENTS[plan.kind]
    described: JsonRow = {
        "@context": json.loads(Path(__file__).with_name("croissant_context.json").read_text(encoding="utf-8")),
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": plan.name,
        "version": plan.version,
        "description": said.summary,
        "license": _licences(facts.sources),
        "citeAs": _citation(plan, facts),
        "inLanguage": "en",
        "keywords": ["IoT", "language models", "synthetic data", "task decomposition" if plan.kind == "tdd" else "code generation"],
        "identifier": f"urn:sha256:{facts.digest}",
        **_published(facts.imprint),
        "distribution": [_file(entry) for entry in facts.files],
        "recordSet": [_record_set(plan, entry) for entry in facts.files if entry["path"].endswith(".jsonl")],
        **_responsible(plan, facts),
        **_provenance(plan, facts),
    }
    return json.dumps(described, sort_keys=True, ensure_ascii=False, indent=1) + "\n"


def check_croissant(folder: Path) -> None:
    """Let `mlcroissant` read the description of a dataset folder.

    Raises:
        BadDataset: if it is missing, or mlcroissant has an error or a warning about it.
    """
    path = folder / FILE
    if not path.is_file():
        raise BadDataset(f"{path}: is missing; build the dataset again")
    found = _issues(path)
    if found:
        said = re.sub(r"\s+", " ", found[0]).strip()
        missing = "; give the manifest the key 'imprint'" if "datePublished" in said else ""
        raise BadDataset(f"{path}: mlcroissant finds {len(found)} faults, the first: {said}{missing}")


def _issues(path: Path) -> list[str]:
    """Return the errors and warnings that mlcroissant has about a file."""
    import mlcroissant

    logger = logging.getLogger("absl")
    before = logger.level
    # What it logs is in its answer too.
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            # rdflib uses its own deprecated classes.
            warnings.simplefilter("ignore", DeprecationWarning)
            issues = mlcroissant.Dataset(path).metadata.ctx.issues
        return sorted((*issues.errors, *issues.warnings))
    # It stumbles over a damaged file in many ways.
    except (mlcroissant.ValidationError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        return [str(error) or type(error).__name__]
    finally:
        logger.setLevel(before)


def _licences(sources: Sequence[JsonRow]) -> list[str]:
    """Return the address of each licence that the expressions of the sources name."""
    names = {name for source in sources for name in licence_names(source["license"])}
    # A reference names a licence that SPDX has no page for.
    return [name if name.startswith("LicenseRef-") else f"https://spdx.org/licenses/{name}.html" for name in sorted(names)]


def _citation(plan: Plan, facts: Facts) -> str:
    fields = {"title": f"{{{plan.name} {plan.version}}}", "note": f"{{dataset {facts.digest[:16]}, built by gpiot {__version__}}}"}
    if (imprint := facts.imprint) is not None:
        makers = " and ".join(imprint.creators)
        fields |= {"author": f"{{{makers}}}", "year": f"{{{imprint.date[:4]}}}", "url": f"{{{imprint.url}}}"}
    inside = ", ".join(f"{name} = {value}" for name, value in sorted(fields.items()))
    return f"@misc{{{plan.name}-{plan.version}, {inside}}}"


def _published(imprint: Imprint | None) -> JsonRow:
    if imprint is None:
        return {}
    makers = [{"@type": "sc:Organization", "name": name} for name in imprint.creators]
    return {"datePublished": imprint.date, "url": imprint.url, "creator": makers}


def _file(entry: JsonRow) -> JsonRow:
    return {
        "@type": "cr:FileObject",
        "@id": entry["path"],
        "name": entry["path"],
        "contentUrl": entry["path"],
        "contentSize": f"{entry['bytes']} B",
        "encodingFormat": _FORMATS[Path(entry["path"]).suffix],
        "sha256": entry["sha256"],
    }


def _record_set(plan: Plan, entry: JsonRow) -> JsonRow:
    split = Path(entry["path"]).stem
    return {
        "@type": "cr:RecordSet",
        "@id": split,
        "name": split,
        "description": f"The rows of the split {split}: {entry['rows']}.",
        "key": {"@id": f"{split}/id"},
        "field": describe_fields(plan.kind, split, entry["path"]),
    }


def _responsible(plan: Plan, facts: Facts) -> JsonRow:
    said = STATEMENTS[plan.kind]
    largest = largest_source(facts.statistics)
    most = [f"{largest[1]:.1%} of the rows come from one source, {largest[0]}."] if largest is not None else []
    wrote = "by rules and by language models" if facts.by_models else "by rules, without a model"
    annotation = f"No person labelled rows. What rows say beside their source's own words was written {wrote}."
    if plan.verify is not None:
        annotation += " The verdict of a row is what running its program in a sandbox gave."
    return {
        "rai:dataCollection": f"{said.collection} {said.variants}" if facts.params_of("augment") is not None else said.collection,
        "rai:dataCollectionType": ["Document analysis", *(["Software Collection"] if plan.kind == "cgd" else [])],
        "rai:dataCollectionRawData": said.raw_data,
        "rai:dataPreprocessingProtocol": [protocol(stage) for stage in facts.stages],
        "rai:dataAnnotationProtocol": annotation,
        "rai:annotationsPerItem": "0",
        "rai:machineAnnotationTools": [f"gpiot {__version__}", *(_tool(writer) for writer in facts.writers)],
        "rai:dataUseCases": list(said.uses),
        "rai:dataLimitations": [*said.limits, *([BY_MODEL] if facts.by_models else [])],
        "rai:dataBiases": [*said.biases, *most],
        "rai:dataSocialImpact": SOCIAL_IMPACT,
        "rai:personalSensitiveInformation": SENSITIVE,
        "rai:dataReleaseMaintenancePlan": MAINTENANCE,
        "rai:hasSyntheticData": True,
    }


def _tool(writer: Writer) -> str:
    return f"teacher {writer.name}, {f'model {writer.model}, ' if writer.model else ''}prompt {writer.prompt}"


def _provenance(plan: Plan, facts: Facts) -> JsonRow:
    engine = {"@type": "prov:SoftwareAgent", "@id": f"urn:gpiot:{__version__}", "prov:label": f"gpiot {__version__}"}
    return {
        "prov:wasDerivedFrom": [_origin(source) for source in facts.sources],
        "prov:wasGeneratedBy": [
            {
                "@type": "prov:Activity",
                "@id": f"urn:gpiot:{plan.name}:{plan.version}:{stage['name']}",
                "prov:label": protocol(stage),
                "prov:wasAssociatedWith": engine,
            }
            for stage in facts.stages
        ],
        "prov:wasAttributedTo": engine,
    }


def _origin(source: JsonRow) -> JsonRow:
    place = source.get("origin") or f"file {Path(source['file']).name}"
    return {
        "@type": "prov:Entity",
        "@id": f"urn:sha256:{source['sha256']}",
        "prov:label": f"{source['id']} {source['version']}, {place}, licence {source['license']}",
    }

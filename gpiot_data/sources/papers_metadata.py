"""What arXiv and Crossref say of a paper: its title, its licence, where its PDF lies.

Sources: the OAI-PMH interface of arXiv, format `arXivRaw` (info.arxiv.org/help/oa), whose licence is that of the newest version; the
`license` and `link` lists of a work in the REST interface of Crossref (api.crossref.org).
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from gpiot_data.errors import BadSource
from gpiot_data.sources.papers_web import Services, Web, read_record

_CREATIVE = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/(?:licenses/(?P<terms>[a-z-]+)/(?P<version>\d\.\d)|publicdomain/zero/(?P<zero>\d\.\d))"
)
#: Licences under which rows may be made of a paper and given on; others need the word of a person.
OPEN_LICENCES = re.compile(r"CC0-1\.0|CC-BY(?:-SA)?-\d\.\d")


@dataclass(frozen=True, slots=True)
class PaperRecord:
    """A paper as its registry describes it: `licence` is an SPDX id, or '' where none of Creative Commons is named."""

    origin: str
    title: str
    licence: str
    pdf: str


def spdx_of(url: str) -> str:
    """Return the SPDX id of a Creative Commons licence's address, '' for any other.

    >>> spdx_of("http://creativecommons.org/licenses/by/4.0/")
    'CC-BY-4.0'
    >>> spdx_of("http://arxiv.org/licenses/nonexclusive-distrib/1.0/")
    ''
    """
    found = _CREATIVE.match(url)
    if found is None:
        return ""
    return f"CC0-{found['zero']}" if found["zero"] else f"CC-{found['terms'].upper()}-{found['version']}"


def look_up(wanted: str, web: Web, services: Services) -> PaperRecord:
    """Return the record of `arxiv:ID`, with or without a version, or of `doi:DOI`.

    Raises:
        BadSource: if the registry does not know the paper, or names no PDF of it.
        TransientError: if the registry did not answer as it should.
    """
    kind, _, name = wanted.partition(":")
    hosted = re.fullmatch(r"10\.48550/arxiv\.(.+)", name, re.IGNORECASE)
    if kind == "doi" and hosted is None:
        return _from_crossref(name, web, services)
    return _from_arxiv(hosted[1] if hosted else name, web, services)


def pdf_address(origin: str, web: Web, services: Services) -> str:
    """Return where the PDF of a pinned origin lies.

    Raises:
        BadSource: if the registry does not know the paper, or names no PDF of it.
        TransientError: if the registry did not answer as it should.
    """
    kind, _, name = origin.partition(":")
    if kind == "arxiv":
        return f"{services.arxiv_pdf}/{quote(name)}"
    if kind == "github":
        owner, repository, path = name.split("/", 2)
        return f"{services.github}/{owner}/{repository}/HEAD/{quote(path)}"
    return _from_crossref(name, web, services).pdf


def _from_arxiv(name: str, web: Web, services: Services) -> PaperRecord:
    bare, version = re.fullmatch(r"(.+?)(v\d+)?", name).groups()  # type: ignore[union-attr]
    text = read_record(web, f"{services.arxiv_oai}?verb=GetRecord&metadataPrefix=arXivRaw&identifier=oai:arXiv.org:{quote(bare)}")
    versions = re.findall(r"<version version=\"(v\d+)\"", text)
    if not versions:
        raise BadSource(f"arxiv:{name}: arXiv has no such paper; check the id")
    if version not in (None, versions[-1]):
        raise BadSource(f"arxiv:{name}: arXiv tells the licence of the newest version only; pin arxiv:{bare}{versions[-1]}")
    newest = f"{bare}{versions[-1]}"
    return PaperRecord(
        f"arxiv:{newest}", _element(text, "title"), spdx_of(_element(text, "license")), f"{services.arxiv_pdf}/{quote(newest)}"
    )


def _element(text: str, name: str) -> str:
    """Return the text of an element; the record is flat, and a parser of XML would expand what a stranger defines in it."""
    found = re.search(rf"<{name}>([^<]*)</{name}>", text)
    return re.sub(r"\s+", " ", html.unescape(found[1])).strip() if found else ""


def _from_crossref(doi: str, web: Web, services: Services) -> PaperRecord:
    try:
        work = json.loads(read_record(web, f"{services.crossref}/{quote(doi, safe='')}"))["message"]
        title = " ".join(str(part) for part in work.get("title", [])[:1])
        licences = [spdx_of(str(item["URL"])) for item in work.get("license", []) if _holds(item)]
        links = [str(item["URL"]) for item in work.get("link", []) if _is_pdf(item)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadSource(f"doi:{doi}: the answer of Crossref is not a record of a work; try again later") from error
    if not links:
        raise BadSource(f"doi:{doi}: Crossref names no PDF; download it where you may and list it by 'file'")
    return PaperRecord(f"doi:{doi}", re.sub(r"\s+", " ", html.unescape(title)).strip(), next(filter(None, licences), ""), links[0])


def _holds(item: dict[str, Any]) -> bool:
    """Tell a licence of the published paper that holds from its first day: others are for mining only, or begin later."""
    return item.get("content-version") in ("vor", "unspecified") and not item.get("delay-in-days")


def _is_pdf(item: dict[str, Any]) -> bool:
    return item.get("content-type") == "application/pdf" or (
        item.get("content-type") == "unspecified" and str(item["URL"]).lower().endswith(".pdf")
    )

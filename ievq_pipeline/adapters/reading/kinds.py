"""A file of one kind handed in as another: told from its header, or from its template's stamp, and named."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ievq_pipeline.adapters.reading.layout import column, names
from ievq_pipeline.adapters.reading.source import BLANKS, Source
from ievq_pipeline.adapters.reading.stamp import read_stamp
from ievq_pipeline.domain.contracts import CONTRACTS, REGISTERS
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.contracts.template_rules import OTHER_KIND
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.template import Stamp, is_own_sheet, judge, of_other_kind

MISSING = "NQ-HEADER-MISSING"
#: findings about a header that mean nothing where it is one of another kind
OF_A_HEADER = frozenset([MISSING, "NQ-HEADER-UNKNOWN", "NQ-HEADER-TWICE"])
#: findings that say that the file was not read as its contract
OF_A_HEADER_LOST = frozenset([MISSING, OTHER_KIND.code])
#: characters of a header that a finding repeats
LONGEST_HEADER = 200


def recognised(
    source: Source,
    data: bytes,
    contract: Contract,
    *,
    feed: str | None = None,
    organisation: str | None = None,
    quarter: str | None = None,
    list_versions: Mapping[str, str] | None = None,
) -> list[Finding]:
    """The source's findings about file and header, with what its header and its template's stamp tell of the kind, and
    of the feed, organisation, quarter and versions that a template was made for. What is None is not compared.
    """
    stamp = read_stamp(data) if source.facts.format == "xlsx" and source.facts.wrapper is None else None
    found = named(source.findings, source.header, source.facts.header_row, contract, stamp)
    if stamp:
        found = list(_without_own_sheets(found))
    if stamp and not any(finding.code in OF_A_HEADER_LOST for finding in found):
        found += judge(
            stamp, contract, feed=feed, organisation=organisation, quarter=quarter, list_versions=list_versions
        )
    return found


def _without_own_sheets(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Of sheets left unread, only those that somebody added to the template."""
    for finding in findings:
        if finding.code == "NQ-SHEETS-UNREAD" and finding.value:
            added = [name for name in finding.value.split("、") if not is_own_sheet(name)]
            if added:
                yield replace(finding, value="、".join(added))
        else:
            yield finding


def other_kind(header: Sequence[str], contract: Contract) -> Contract | None:
    """The contract that a header fits better: it names more of its columns, and lacks fewer that are required.

    None where the header has everything that its own contract requires.
    """
    mine = _fit(header, contract)
    if not mine[0]:
        return None
    better = [
        (-known, lacking, other.feed_kind)
        for other in (*CONTRACTS.values(), *REGISTERS.values())
        if other.feed_kind != contract.feed_kind
        for lacking, known in [_fit(header, other)]
        if lacking < mine[0] and known > mine[1]
    ]
    return (CONTRACTS | REGISTERS)[min(better)[2]] if better else None


def _fit(header: Sequence[str], contract: Contract) -> tuple[int, int]:
    """How many required columns a header lacks, and how many columns of the contract it has."""
    known = names(contract)
    found = {code for cell in header if (code := column(cell, known)) is not None}
    return sum(f.required and f.code not in found for f in contract.fields), len(found)


def named(
    findings: Sequence[Finding], header: Sequence[str], row: int | None, contract: Contract, stamp: Stamp | None = None
) -> list[Finding]:
    """The findings about a file and its header; those about a header of another kind are one, which names the kind.

    Where the header fits no kind, the template's stamp says which it was made for.
    """
    if not any(finding.code == MISSING for finding in findings):
        return list(findings)
    kinds: Mapping[str, Contract] = CONTRACTS
    by_stamp = kinds.get(stamp.kind) if stamp and not stamp.is_altered and stamp.kind != contract.feed_kind else None
    found = other_kind(header, contract) or by_stamp
    if found is None:
        return list(findings)
    read = ", ".join(cell for cell in header if cell.strip(BLANKS))[:LONGEST_HEADER]
    others = [finding for finding in findings if finding.code not in OF_A_HEADER]
    return [of_other_kind(found, contract, row, read), *others]

"""Findings in one language: what is wrong with a cell and what to do about it, for as many as there are."""

from ievq_pipeline.domain.contracts.model import Contract, Rule, Severity
from ievq_pipeline.domain.finding import Finding


class FindingWords:
    """Words the findings of a contract in one language; what they have in common is looked up once."""

    def __init__(self, contract: Contract, language: str) -> None:
        self.language = language
        self._contract = contract
        self._rules = {rule.code: rule for rule in contract.rules}
        self._titles = {field.code: field.title[language] for field in contract.fields}

    def rule(self, finding: Finding) -> Rule:
        return self._rules[finding.code]

    def severity(self, finding: Finding) -> Severity:
        return self._rules[finding.code].severity

    def title(self, column: str | None) -> str:
        """What people call a column; empty for one that the contract does not have."""
        return self._titles.get(column or "", "")

    def message(self, finding: Finding) -> str:
        return self._filled(self._rules[finding.code].message[self.language], finding)

    def remedy(self, finding: Finding) -> str:
        return self._filled(self._rules[finding.code].remedy[self.language], finding)

    def _filled(self, template: str, finding: Finding) -> str:
        if "{" not in template:
            return template
        places = self._contract.wording(finding.column)
        return template.format_map({**places, "value": finding.value or "", **finding.parameters})

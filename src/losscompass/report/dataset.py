"""How the verdict is worded where a data set was audited and no curve is there."""

from ..diagnose.diagnosis import RunDiagnosis
from ..rules.base import Severity
from ..text.catalogue import Catalogue
from .plain import plain


def is_audit(one: RunDiagnosis) -> bool:
    """Whether only the data were looked at."""
    return one.run.facts.get("audited") is True and not one.run.series


def title(one: RunDiagnosis, catalogue: Catalogue) -> str:
    """How the data are, in a few words."""
    severities = {found.severity for found in one.found}
    if Severity.CRITICAL in severities:
        return catalogue.ui("dataset.label.serious")
    return catalogue.ui("dataset.label.faults" if Severity.WARNING in severities else "dataset.label.sound")


def verdict(one: RunDiagnosis, catalogue: Catalogue) -> str:
    """What was audited: how many rows and features, which target."""
    facts = one.run.facts
    values = {"rows": facts.get("rows", 0), "columns": facts.get("columns", 0)}
    if "target-column" in facts:
        task = catalogue.ui(f"dataset.task.{facts.get('task', 'none')}", classes=facts.get("classes", 0))
        said = catalogue.ui("dataset.verdict.target", target=plain(str(facts["target-column"])), task=task, **values)
    else:
        said = catalogue.ui("dataset.verdict.train", **values)
    if "validation-rows" in facts:
        more = catalogue.ui("dataset.verdict.validation", **{"validation-rows": facts["validation-rows"]})
        said = catalogue.ui("dataset.verdict.both", said=said, more=more)
    return said


def next_step(one: RunDiagnosis, catalogue: Catalogue) -> str:
    """What to do first, or that nothing is in the way."""
    serious = any(found.severity is not Severity.NOTE for found in one.found)
    if not serious:
        return catalogue.ui("dataset.next.sound")
    first = next(iter(one.prescriptions), None)
    return "" if first is None else catalogue.ui("dataset.next.fix", remedy=catalogue.title(first.remedy))

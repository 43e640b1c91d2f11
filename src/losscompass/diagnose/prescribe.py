"""What to do: the remedies that the findings call for, each once, in the order of effect per effort."""

from collections.abc import Mapping, Sequence

from ..evidence.run import Run
from ..remedies.base import STAGES, Remedy, Value
from ..rules.base import Severity
from .diagnosis import Found, Prescription


def prescribe(run: Run, found: Sequence[Found], remedies: Sequence[Remedy]) -> tuple[Prescription, ...]:
    """The remedies that the findings call for: first those that answer something critical, then by stage, then by the rank
    of the first finding each answers. (A run that ends in NaN is not to be stopped earlier but to be kept from NaN.)

    A remedy's parameters come from the highest-ranked finding that gives any.
    """
    by_id = {remedy.id: remedy for remedy in remedies}
    found = _worth_answering(found)
    answers: dict[str, list[str]] = {}
    parameters: dict[str, Mapping[str, Value]] = {}
    for finding in found:
        for id_ in finding.remedies:
            if id_ not in by_id:
                continue
            named = answers.setdefault(id_, [])
            if finding.id not in named:
                named.append(finding.id)
            if not parameters.get(id_):
                parameters[id_] = by_id[id_].parameters(run, finding.values)
    first = {id_: place for place, id_ in enumerate(answers)}
    critical = {one.id for one in found if one.severity is Severity.CRITICAL}
    ordered = sorted(
        answers, key=lambda id_: (critical.isdisjoint(answers[id_]), STAGES.index(by_id[id_].stage), first[id_])
    )
    return tuple(
        Prescription(
            remedy=id_,
            stage=by_id[id_].stage,
            risk=by_id[id_].risk,
            answers=tuple(answers[id_]),
            parameters=parameters[id_],
        )
        for id_ in ordered
    )


def _worth_answering(found: Sequence[Found]) -> Sequence[Found]:
    """The findings to act upon: no effects of others (their cause is answered), and beside something serious no notes but
    those on what to log: nobody tunes the end of a run that does not learn.
    """
    serious = any(one.severity is not Severity.NOTE for one in found)
    return [
        one
        for one in found
        if not one.explained_by and (not serious or one.severity is not Severity.NOTE or one.category == "logging")
    ]

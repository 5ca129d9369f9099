"""What the answers in a hand-out mean. None of them makes a finding pass by itself: a rule is judged again with what was added to the records.

The columns are read as follows.

- 整改情况 (``status``): one of six words. Blank, it is read only where nothing depends on it: as ``evidence`` where the rule is decided by
  a review, as ``done`` where there is a day of completion. Anything else without a word is not understood.
- 已整改 (``done``): needs 完成日期. It is a claim that the report lists; the outcome changes when the ledger says so.
- 正在整改 (``doing``): listed.
- 有书面理由 (``reason``): 说明或依据 is put into the field in which the rule accepts a reason, if the ledger has that column and nothing
  stands there. Other rules accept none.
- 已批准豁免 (``waived``): 说明或依据 is the basis; 批准人, 豁免起 and 豁免止 are needed, as in the table of waivers. It covers this
  finding alone.
- 提供佐证 (``evidence``): only for rules that are decided by a review. 说明或依据 is the material's title and 佐证链接 its address; one
  of them is needed. It counts when 审核人, 审核结论 and 审核日期 are filled in, as in the table of evidence; until then it still needs a
  review.
- 有异议 (``disputed``): 说明或依据 is listed for the person who checks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from opencheck.core.display import display_text
from opencheck.core.errors import InputError
from opencheck.core.localized import LocalizedName, LocalizedText
from opencheck.core.message_catalogue import LANGUAGES, get_message
from opencheck.core.normalize import normalize_key
from opencheck.core.outcomes import Outcome
from opencheck.readers.typed_cells import read_cells
from opencheck.records.dataset import Rejected, RowError, SourceLocation
from opencheck.records.parse import InvalidValue, parse
from opencheck.records.placeholders import ELSEWHERE
from opencheck.records.tables import TABLES
from opencheck.report import messages
from opencheck.report.finding import Finding
from opencheck.report.handouts.answers import GivenAnswer
from opencheck.report.handouts.content import (
    APPROVAL,
    REVIEW,
    STATUSES,
    file_mark,
    reason_field,
    statuses_of,
    takes_evidence,
    token_of,
)
from opencheck.report.rejected import rejected_text

__all__ = ["Answer", "read_meanings"]

_ALSO = {
    "done": ("已完成", "完成", "整改完成", "已办结", "已落实", "已改", "已补充", "已补填", "补充完成"),
    "doing": ("整改中", "进行中", "正在办理", "办理中"),
    "reason": ("有理由", "书面理由", "说明理由"),
    "waived": ("豁免", "已豁免", "申请豁免"),
    "evidence": ("佐证", "有佐证", "已提供佐证"),
    "disputed": ("对结果有异议", "结果有误", "不属实"),
}
_STATUS = {normalize_key(get_message(f"handout.status_{s}", lang)): s for s in STATUSES for lang in LANGUAGES} | {
    normalize_key(word): status for status, words in _ALSO.items() for word in words
}
_USES = {
    "done": {"done_on", "basis", "link"},
    "doing": {"done_on", "basis", "link"},
    "reason": {"basis"},
    "waived": {"basis", "approved_by", "from_", "until"},
    "evidence": {"basis", "link", "reviewer", "verdict", "reviewed_on"},
    "disputed": {"basis", "link"},
}


@dataclass
class Answer:
    """One answer with what became of it.

    ``kind`` is one of ``STATUSES``, or ``refused``, with the reason in ``why`` (a message's name) and ``facts``.
    """

    given: GivenAnswer
    kind: str
    finding: Finding | None = None
    row: dict[str, Any] = field(default_factory=dict)
    """The record to add, for ``waived`` and ``evidence``; the field and its text, for ``reason``."""
    day: date | None = None
    """The day of completion."""
    why: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    outcome: Outcome | None = None
    """What the finding is with the answer; None where nothing is left to report of it."""

    @property
    def place(self) -> SourceLocation:
        """File, sheet and row of the answer."""
        return self.given.place

    @property
    def reason(self) -> LocalizedText | None:
        """Why it was refused."""
        return messages.localized_message(self.why, self.facts) if self.why else None

    def as_dict(self) -> dict[str, Any]:
        """The answer as JSON data."""
        basis = self.given.values.get("basis")
        return {
            "kind": self.kind,
            "rule": self.finding.rule if self.finding else self.given.rule or None,
            "finding": self.finding.id if self.finding else None,
            "record_id": self.finding.record_id if self.finding else self.given.record_id or None,
            "done_on": self.day and self.day.isoformat(),
            "text": display_text(str(basis)) if basis is not None else None,
            "outcome": self.outcome and self.outcome.value,
            "reason": self.reason.model_dump() if self.reason else None,
            "source": self.place.as_dict(),
        }


class _Refused(Exception):
    def __init__(self, why: str, **facts: Any) -> None:
        super().__init__(why)
        self.why, self.facts = why, facts


def read_meanings(given: Iterable[GivenAnswer], findings: Iterable[Finding], files: Iterable[str | None] = ()) -> list[Answer]:
    """Decide what each answer means for the findings of a report.

    Args:
        given: the answers.
        findings: the findings that they may be about.
        files: all files of the report; an answer about a record of one of them is never about a record of another.

    Raises:
        InputError: a row names another rule or record than the finding that it was written for: cells were moved.
    """
    by_identity: dict[str, list[Finding]] = {}
    for known in findings:
        by_identity.setdefault(_identity(token_of(known)), []).append(known)
    marks = {file_mark(file) for file in files}
    answers = []
    moved = []
    for one in given:
        finding = _meant(one.token, by_identity.get(_identity(one.token), []), marks)
        if finding is not None and (_visible(one.rule), _visible(one.record_id)) != (
            _visible(finding.rule),
            _visible(finding.record_id),
        ):
            moved.append((one, finding))
        answers.append(_meaning(one, finding))
    if moved:
        raise _shifted(moved)
    return _refuse_contradicting(answers)


def _visible(text: str | None) -> str:
    """A text for comparison without white space and unprintable characters, which spreadsheets may change."""
    return "".join(c for c in text or "" if c.isprintable() and not c.isspace())


def _identity(token: str) -> str:
    """A token without the number that tells equal findings apart, which depends on how many there are, and without the file."""
    key, _, rest = token.partition(":")
    return f"{key.partition('-')[0]}:{rest.partition(':')[0]}"


def _meant(token: str, alike: Sequence[Finding], files: Collection[str]) -> Finding | None:
    """Of findings that differ from what a token means in number and file at most, the one that it means.

    Several files may have a record 1 each. That of a file which has been put right is not that of another one; a file that is not there any
    more was given another name.
    """
    mark = token.rpartition(":")[2]
    same = [f for f in alike if file_mark(f.source.file) == mark] if mark in files else alike
    return next((f for f in same if token_of(f) == token), same[0] if len(same) == 1 else None)


def _shifted(moved: list[tuple[GivenAnswer, Finding]]) -> InputError:
    def described(one: GivenAnswer, finding: Finding) -> str:
        where = " ".join(str(p) for p in one.place if p is not None)
        return f"{where}: {one.rule} {one.record_id} ≠ {finding.rule} {finding.record_id or ''}"

    place = moved[0][0].place
    return InputError(
        "通知单里有的行错位了（规则、记录与识别码不一致），没有采用任何反馈 / rows of a hand-out are shifted (rule or record and the row's "
        f"mark differ), no answer was used: {'; '.join(described(*m) for m in moved[:5])}",
        code="answers_shifted",
        path=place.file,
        sheet=place.sheet,
        row=place.row,
    )


def _refuse_contradicting(answers: list[Answer]) -> list[Answer]:
    """Refuse answers that say different things of one finding; of equal ones keep the first."""
    by_finding: dict[str, list[Answer]] = {}
    for answer in answers:
        if answer.finding is not None and answer.kind != "refused":
            by_finding.setdefault(answer.finding.id, []).append(answer)
    dropped = set()
    for same in by_finding.values():
        if any(a.given.values != same[0].given.values for a in same):
            for answer in same:
                answer.kind, answer.why, answer.row = "refused", "answer.contradiction", {}
        else:
            dropped |= {id(a) for a in same[1:]}
    return [a for a in answers if id(a) not in dropped]


def _meaning(given: GivenAnswer, finding: Finding | None) -> Answer:
    try:
        if finding is None:
            raise _Refused("answer.unknown_finding" if given.token else "answer.no_token")
        kind = _status(given, finding)
        answer = Answer(given, kind, finding)
        if unused := [c for c in given.values if c not in _USES[kind] and c != "status"]:
            raise _Refused(
                "answer.unused",
                columns=[_named(f"handout.column_{c.rstrip('_')}") for c in unused],
                status=_named(f"handout.status_{kind}"),
            )
        _READINGS[kind](answer)
    except _Refused as refused:
        return Answer(given, "refused", finding, why=refused.why, facts=refused.facts)
    return answer


def _status(given: GivenAnswer, finding: Finding) -> str:
    written = str(given.values.get("status") or "")
    if written:
        status = _STATUS.get(normalize_key(written))
        if status is None:
            raise _Refused(
                "answer.unknown_status",
                found=display_text(written),
                words=[_named(f"handout.status_{s}") for s in statuses_of(finding)],
            )
        return "evidence" if status == "done" and takes_evidence(finding) else status
    if takes_evidence(finding):
        return "evidence"
    if "done_on" in given.values:
        return "done"
    raise _Refused("answer.no_status")


def _needed(answer: Answer, *columns: str) -> None:
    if lacking := [c for c in columns if c not in answer.given.values]:
        raise _lacking(lacking)


def _lacking(columns: Iterable[str]) -> _Refused:
    return _Refused("answer.lacks", columns=[_named(f"handout.column_{c.rstrip('_')}") for c in columns])


def _named(message: str) -> LocalizedName:
    basis = messages.localized_message(message)
    return LocalizedName(basis.zh, basis.en)


def _done(answer: Answer) -> None:
    _needed(answer, "done_on")
    _doing(answer)


def _doing(answer: Answer) -> None:
    if (written := answer.given.values.get("done_on")) is not None:
        try:
            answer.day = parse("date", written)
        except InvalidValue as exc:
            raise _Refused("answer.not_a_day", found=str(written)) from exc
        if answer.day is None:
            raise _Refused("answer.not_a_day", found=str(written))


def _reason(answer: Answer) -> None:
    _needed(answer, "basis")
    finding = answer.finding
    assert finding is not None
    name = reason_field(finding)
    if name is None:
        raise _Refused("answer.no_reason_taken")
    if finding.facts.get(name) is not None:
        raise _Refused("answer.reason_there", field=(finding.table, name))
    text = _parsed_record(finding.table, {"id": "1", name: str(answer.given.values["basis"])})[name]
    if text is None or text == ELSEWHERE:
        raise _Refused("answer.no_reason", found=display_text(str(answer.given.values["basis"])))
    answer.row = {name: text}


def _waived(answer: Answer) -> None:
    _needed(answer, "basis", "approved_by", "from_", "until")
    finding, values = answer.finding, answer.given.values
    assert finding is not None
    if finding.outcome is not Outcome.VIOLATION:
        raise _Refused("answer.nothing_to_waive")
    scope = (
        {"record_id": finding.record_id or finding.subject} if finding.record_id or finding.subject else {"unit": finding.unit}
    )
    wanted = {n: values[n] for n in ("basis", "approved_by", "from_", "until")}
    answer.row = {"id": finding.id, "rule": finding.rule, **scope, **wanted}
    typed = _parsed_record("waiver", answer.row)
    if blank := [n for n in wanted if typed[n] is None]:
        raise _lacking(blank)


def _evidence(answer: Answer) -> None:
    finding, values = answer.finding, answer.given.values
    assert finding is not None
    if not takes_evidence(finding):
        raise _Refused("answer.no_evidence_taken")
    title, link = values.get("basis"), values.get("link")
    if title is None and link is None:
        raise _lacking(["link"])
    answer.row = {
        "id": f"反馈-{finding.id}",
        "unit": finding.unit,
        "title": title,
        "url": link,
        "clause": finding.clause,
        "dated_on": None,
        "valid_until": None,
        **{n: values.get(n) for n in ("reviewer", "verdict", "reviewed_on")},
    }
    _parsed_record("evidence", answer.row)


def _disputed(answer: Answer) -> None:
    _needed(answer, "basis")


_READINGS = {
    "done": _done,
    "doing": _doing,
    "reason": _reason,
    "waived": _waived,
    "evidence": _evidence,
    "disputed": _disputed,
}


_TEXTS = {"title": "basis", "url": "link"}
"""Fields of a ledger that a hand-out has under a name of its own; any other text is the ground."""


def _in_the_columns(rejected: Rejected) -> list[LocalizedName]:
    """Why a row was rejected, under the headings of the hand-out."""
    told: dict[str, list[str]] = {}
    for lang in LANGUAGES:
        columns = [p.field if p.field in (*APPROVAL, *REVIEW) else _TEXTS.get(p.field, "basis") for p in rejected.problems]
        labels = [get_message(f"handout.column_{c.rstrip('_')}", lang) for c in columns]
        problems = [replace(p, header=label) for p, label in zip(rejected.problems, labels, strict=True)]
        own = replace(rejected, problems=problems)
        told[lang] = [text.get(lang) for text in rejected_text(own)]
    return [LocalizedName(zh, en) for zh, en in zip(told["zh"], told["en"], strict=True)]


def _parsed_record(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """The fields of a record, read like those of a ledger: placeholders become blank, dates are parsed.

    Raises:
        _Refused: a value that the field does not accept, be it one that leaves the field of a ledger open: who filled it in can be asked.
    """
    problems: dict[int, list[RowError]] = {}
    fields = TABLES[table].fields
    found = {name: read_cells(fields[name], name, [value], problems)[0] for name, value in row.items()}
    if problems:
        rejected = Rejected(table, SourceLocation(), problems[0])
        raise _Refused("answer.not_read", reasons={"each": _in_the_columns(rejected)})
    return found

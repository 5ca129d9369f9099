"""``grid``: everything on a list must be there, in one set of records or in each subject's.

Reading: the records of a group fill the cells together, and may do so apart in time; a cell is filled by what was published by the day of
the check, where the clause wants it standing (``until``) only while it has not been taken down (after the days that the pack covers, what
stood at their end counts), and on time if it was first published by the due day. A duty that starts with a record of its own
(``follow_up``) is due some time after that, or at the end of its year. Only records of the units and levels that the rule names count, and
only what is open. Lists in the clauses end with "and so on": they are minima, more is no fault. What is absent is a violation once the grid
is due, before that it is pending; what is there but was first published after the due day is a violation, late. In an ordered grid a later
cell that is filled before an earlier one is a violation at once. A record that may fill a cell, but of which a fact is blank or whose row
was rejected, keeps the absence, the lateness or the wrong order from being called a violation; one that may break the order keeps what
is complete from passing. One dated after the due day leaves open only how late it is: so late at least.
Of pooled subjects those that fill one value only make up the grid together; what only other subjects fill may be
theirs or not, and while that is open, so is whether what they fill themselves came late.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any, ClassVar, NamedTuple

import polars as pl

from opencheck.core.outcomes import Outcome
from opencheck.core.periods import Period, periods_between
from opencheck.records.dataset import REJECTED, ROW, SRC
from opencheck.records.placeholders import ELSEWHERE
from opencheck.records.tables import TABLES
from opencheck.rules.conditions import iter_tests
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, parse_row_key
from opencheck.rules.judgement import Judged, SetJudgement
from opencheck.rules.kinds.grid.declaration import Axis, Cell, GridDeclaration
from opencheck.rules.kinds.grid.order import ON, fits, gaps, held, may_be_by, may_disorder, may_mend, out_of_order
from opencheck.rules.kinds.grid.reductions import grid_reductions
from opencheck.rules.kinds.grid.sentences import grid_message, grid_steps
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import Reduction, expected_subjects
from opencheck.rules.set_kind import listed_within
from opencheck.rules.subject_names import SubjectNames
from opencheck.rules.undated import UNDATED, some_of, undated_facts

__all__ = ["Axis", "Grid"]


class _Pool(NamedTuple):
    """Groups that are judged as one: their common key, their names, and the cells that only other groups fill."""

    key: tuple[str, str]
    groups: set[str]
    others: set[Cell]


class _Doubts:
    """Doubtful records, by the group that they name."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self._all = rows.to_dicts()
        self._of: dict[str, list[int]] = {}
        for place, row in enumerate(self._all):
            self._of.setdefault(row["group"], []).append(place)

    def of(self, group: str | None, period: str) -> list[dict[str, Any]]:
        """The doubtful records that may belong to a group and a period: its own, and those that name no group; all where it is None.

        A record of which only the group is unknown is certain for the records without a group: it is not doubtful there.
        """
        found = (
            self._all
            if group is None
            else [self._all[place] for place in sorted({*self._of.get("", ()), *self._of.get(group, ())})]
        )
        return [d for d in found if d["period"] in ("?", period) and (group != "" or not d["_sure"])]


class Grid(GridDeclaration):
    """All cells of a list, or of a grid of two lists, are filled; see the module for the reading."""

    name: ClassVar[str] = "grid"

    def reductions(self, rule: RuleSpec, context: RuleContext) -> dict[str, Reduction]:
        return grid_reductions(self, rule, context)

    def judge(
        self, rule: RuleSpec, context: RuleContext, reduced: Mapping[str, pl.DataFrame], *, include_all: bool
    ) -> SetJudgement:
        names = self._names(rule, reduced)
        texts = reduced["seen"]["group"].to_list()
        reduced = self._by_name(rule, context, reduced, names) if names else reduced
        seen, doubts = reduced["seen"], _Doubts(reduced["doubts"])
        keys = seen.select("group", "period").iter_rows()
        if self.per is None:
            periods = periods_between(context.covers.first, context.covers.last, self.every) if self.every else []
            keys = iter([("", p.name) for p in periods] if self.every else [("", "")])
        filled: dict[tuple[str, str], dict[Cell, date]] = {}
        for row in reduced["filled"].filter(pl.col("stands") > 0).iter_rows(named=True):
            cell = tuple(row[a.field] for a in self.axes)
            filled.setdefault((row["group"], row["period"]), {})[cell] = row["day"]
        lawful, unsure = self._split_taken_down(reduced)
        for key, cell, ended in lawful:
            filled.setdefault(key, {}).setdefault(cell, ended)
        place = {cell: number for number, cell in enumerate(self.wanted)}
        filled = {k: dict(sorted(v.items(), key=lambda c: (c[1], place[c[0]]))) for k, v in filled.items()}
        about = {(r["group"], r["period"]): r for r in seen.iter_rows(named=True)}
        pool: _Pool | None = None
        if self.pooled:
            filled, about, pool = self._pool_single_cells(filled, about)
            keys = iter(about)
        covered = {""}
        if self.every:
            covered = {p.name for p in periods_between(context.covers.first, context.covers.last, self.every)}
        result: list[Judged] = []
        for group, period in sorted(keys):
            if period not in covered:
                continue
            row = about.get((group, period), {})
            joint = pool if pool and pool.key == (group, period) else None
            cells = filled.get((group, period), {})
            judged = self._judge_group(rule, context, seen, doubts, group, period, cells, row.get("event"), joint)
            down = max((unsure[g] for g in (joint.groups if joint else {group}) if g in unsure), default=None)
            if judged.outcome is Outcome.VIOLATION and down and judged.facts["absent"]:
                judged.outcome, judged.missing = Outcome.INDETERMINATE, ("roster.subject",)
                judged.facts["down"] = down
            mixed = self.per and not group and about[group, period]["n"] > 1 and self.nameless == "apart"
            if mixed and judged.outcome is not Outcome.PENDING:
                judged.outcome, judged.missing = Outcome.INDETERMINATE, (f"{rule.on}.{self.per}",)
            judged.unit = row.get("unit")
            if self.per and row:
                judged.src, judged.row, (judged.record_id,) = parse_row_key(row["last"])
            result.append(judged)
        nobody = not result
        result += self._judge_unseen(rule, context, reduced, result)
        if not (nobody and self.wanted_yearly):  # what is wanted each year is judged by then, over all that may be it
            known = {(one.subject or "", one.period or "") for one in result}
            result += self._judge_doubtful(rule, context, reduced, covered, known)
        if names:
            self._may_be_named_otherwise(rule, result, names, texts)
        return SetJudgement.of(result, include_all=include_all)

    def _names(self, rule: RuleSpec, reduced: Mapping[str, pl.DataFrame]) -> SubjectNames | None:
        """Who is known, where a cell may name several; None where it may not, or none does."""
        if not self.per or not TABLES[rule.on].fields[self.per].column.several:
            return None
        roster = expected_subjects(reduced)[0]["subject"].to_list() if "roster" in reduced else list[str]()
        texts = [*reduced["seen"]["group"], *reduced["doubts"]["group"]]
        names = SubjectNames.by(roster, [t for t in reduced["seen"]["group"] if t and "\n" not in t])
        return names if names.changes(texts) else None

    def _by_name(
        self, rule: RuleSpec, context: RuleContext, reduced: Mapping[str, pl.DataFrame], names: SubjectNames
    ) -> Mapping[str, pl.DataFrame]:
        """What was reduced, by the subjects that the cells mean."""
        found = dict(reduced)
        for name, reduction in self.reductions(rule, context).items():
            if reduction.keys is not None:
                found[name] = reduction.regrouped(names.spread(reduced[name], "group", whole=True))
        found["doubts"] = names.spread(reduced["doubts"], "group", whole=True)
        return found

    def _may_be_named_otherwise(self, rule: RuleSpec, result: list[Judged], names: SubjectNames, texts: list[str]) -> None:
        """Accuse nobody whom a cell of several subjects may name, nor a cell of lines as if it were one subject."""
        meant = {name for text in texts for name in names.read(text).perhaps}
        others = any(names.read(text).others for text in texts)
        for one in result:
            loose = one.subject is not None and (one.subject in meant or "\n" in one.subject or others)
            if loose and one.outcome is Outcome.VIOLATION:
                one.outcome, one.missing = Outcome.INDETERMINATE, (f"{rule.on}.{self.per}",)

    def _split_taken_down(
        self, reduced: Mapping[str, pl.DataFrame]
    ) -> tuple[list[tuple[tuple[str, str], Cell, date]], dict[str, date]]:
        """Sort the cells that were taken down.

        Returns:
            Those that may be, since the roster's reason had ended; and by subject those of which the roster does not tell.
        """
        if "down" not in reduced:
            return [], {}
        roster, _ = expected_subjects(reduced)
        ends: dict[str, date] = {}
        for subject, until in roster.select("subject", "until").iter_rows():
            ends[subject] = max(ends.get(subject, date.min), until or date.max)
        lawful: list[tuple[tuple[str, str], Cell, date]] = []
        unsure: dict[str, date] = {}
        for row in reduced["down"].iter_rows(named=True):
            if row["group"] not in ends:
                unsure[row["group"]] = max(unsure.get(row["group"], row["down"]), row["down"])
            elif ends[row["group"]] <= row["down"]:
                cell = tuple(row[a.field] for a in self.axes)
                lawful.append(((row["group"], row["period"]), cell, row["down"]))
        return lawful, unsure

    @staticmethod
    def _pool_single_cells(
        filled: dict[tuple[str, str], dict[Cell, date]], about: dict[tuple[str, str], dict[str, Any]]
    ) -> tuple[dict[tuple[str, str], dict[Cell, date]], dict[tuple[str, str], dict[str, Any]], _Pool | None]:
        """Judge the groups that fill one cell or none as one group; see the option ``pooled``."""
        single = sorted(k for k in about if len(filled.get(k, {})) <= 1)
        if not single:
            return filled, about, None
        # The earliest record of a cell fills it, whichever group was read first.
        together: dict[Cell, date] = {}
        for day, cell in sorted((d, c) for k in single for c, d in filled.get(k, {}).items()):
            together.setdefault(cell, day)
        key = single[0] if len(single) == 1 else ("", "")  # one subject alone keeps its name
        others = {c for cells in filled.values() for c in cells} - set(together)
        chosen = [about[k] for k in single]
        first = {n: min((r[n] for r in chosen if r[n] is not None), default=None) for n in ("unit", "event")}
        whole = {**first, "n": 1, "last": max(r["last"] for r in chosen)}
        rest = {k: r for k, r in about.items() if k not in single}
        return filled | {key: together}, rest | {key: whole}, _Pool(key, {k[0] for k in single}, others)

    def _judge_unseen(
        self, rule: RuleSpec, context: RuleContext, reduced: Mapping[str, pl.DataFrame], judged: list[Judged]
    ) -> list[Judged]:
        """Subjects of the roster that published nothing; without any subject at all, what the clause wants each year."""
        roster, notes = expected_subjects(reduced) if "roster" in reduced else (pl.DataFrame(), [])
        seen = reduced["seen"]
        names: dict[str, str | None] = {}
        if len(roster):
            here = roster.filter(listed_within(context.covers))
            published = set(seen["group"].to_list())
            names = {s: u for s, u in here.select("subject", "unit").iter_rows() if s not in published}
        rows = reduced["doubts"]
        if not judged and not names and self.wanted_yearly:
            # Whatever may be of some subject may be what is looked for.
            names, rows = {"": None}, rows.with_columns(group=pl.lit(""))
        doubts = _Doubts(rows)
        found = []
        for subject, unit in sorted(names.items()):
            one = self._judge_group(rule, context, seen, doubts, subject, "", {}, None)
            one.unit = unit
            found.append(one)
        return notes + found

    def _judge_doubtful(
        self,
        rule: RuleSpec,
        context: RuleContext,
        reduced: Mapping[str, pl.DataFrame],
        covered: set[str],
        known: set[tuple[str, str]],
    ) -> list[Judged]:
        """Subjects, in a period, that only doubtful records name: whether these count, and what they fill, is not known.

        A record of which the topic is not known may be of any rule, and is no reason to name its subject in each of them.
        """
        if not self.per or self.pooled:
            return []
        theirs: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for row in reduced["doubts"].iter_rows(named=True):
            of_ours = row["_applies"] if row[REJECTED] else row.get("topic") is not None and row["_topic"] is None
            key = row["group"], row["period"]
            if of_ours and row["group"] and key not in known and row["period"] in covered:
                theirs.setdefault(key, []).append(row)
        doubts, found = _Doubts(reduced["doubts"]), []
        for (group, period), rows in sorted(theirs.items()):
            one = self._judge_group(rule, context, reduced["seen"], doubts, group, period, {}, None)
            if one.outcome is Outcome.VIOLATION:
                one.outcome, one.missing = Outcome.INDETERMINATE, self._why_open(rule, rows, self.wanted, group, one.facts)
            last = rows[-1]
            one.src, one.row, one.record_id = last[SRC], last[ROW], last["id"]
            found.append(one)
        return found

    def _judge_group(
        self,
        rule: RuleSpec,
        context: RuleContext,
        seen: pl.DataFrame,
        every: _Doubts,
        group: str,
        period: str,
        filled: dict[Cell, date],
        event: date | None,
        pool: _Pool | None = None,
    ) -> Judged:
        """The judgement of one group in one period, from the cells that are surely filled and the records that may fill more."""
        absent = [c for c in self.wanted if c not in filled]
        due = self._due_day(context, period, filled, event)
        fact: dict[str, Any] = {"filled": dict(filled), "absent": absent}
        disorder = out_of_order(self.wanted, filled) if self.in_order else []
        whose: dict[str, Any] = {"subject": group or None, "period": period or None}
        theirs = every.of(group if self.per and not pool else None, period)
        undated, doubts = [d for d in theirs if d[UNDATED]], [d for d in theirs if not d[UNDATED]]
        rows = doubts if self.asks_when else []
        unfilled = partial(self._judge_absent, rule, seen, group, pool)
        missing: tuple[str, ...] = ()
        late = [c for c, d in filled.items() if due is not None and d > due] if self.done else []
        if pool and not pool.others.isdisjoint(absent):
            late = []  # with the lists of other subjects all may be in time; without them it is not late but incomplete

        def too_late() -> Judged:
            """What is there only since after the due day: a violation, unless a doubtful record may have been there by then."""
            own: dict[str, Any] = {"absent": late}
            outcome, missing = unfilled(doubts, late, own, by=due)
            actual = max(filled[c] for c in own["absent"])
            all_facts = fact | own | {"absent": [], "late": own["absent"]}
            if outcome is Outcome.VIOLATION:
                may_be = [min([filled[c], *(r[ON] for r in doubts if fits(self.axes, c, r) and r[ON])]) for c in own["absent"]]
                all_facts["may_be_since"] = max(may_be) if max(may_be) < actual else None
            return Judged(outcome, due=due, actual=actual, facts=all_facts, missing=missing, **whose)

        if late and not absent and not disorder:
            return too_late()
        if not absent and not disorder:
            if breaking := [r for cells in self.in_turn for r in may_disorder(self.axes, cells, filled, rows)]:
                missing = self._why_open(rule, breaking, self.wanted, group, fact)
                return Judged(Outcome.INDETERMINATE, due=due, facts=fact, missing=missing, **whose)
            return Judged(Outcome.PASS, due=due, actual=max(filled.values()) if self.done else None, facts=fact, **whose)
        before = gaps(self.wanted, filled) if self.in_order else []
        if disorder and (mending := may_mend(self.axes, self.wanted, filled, rows)):
            outcome, missing = Outcome.INDETERMINATE, self._why_open(rule, mending, self.wanted, group, fact)
        elif disorder:
            outcome = Outcome.VIOLATION
        elif not before and (due is None or due > context.as_of):
            outcome = Outcome.PENDING
        else:
            # What has been taken down fills nothing, whatever else is unknown of it.
            outcome, missing = unfilled([d for d in doubts if d["_stands"]], before or absent, fact)
            entered = [row["id"] for row in undated if any(fits(self.axes, c, row) for c in before or absent)]
            fact |= undated_facts(rule.on, self.done or "", entered)
            # That something may be there does not mend what surely came too late.
            if outcome is Outcome.INDETERMINATE and late and (sure := too_late()).outcome is Outcome.VIOLATION:
                return sure
        fact |= {"disorder": disorder, "gaps": before}
        return Judged(outcome, due=due, facts=fact, missing=missing, **whose)

    def _due_day(self, context: RuleContext, period: str, filled: Mapping[Cell, date], event: date | None) -> date | None:
        """The day by which all cells must be filled; None while the value that starts the duty is not there."""
        if self.once is not None:
            return min((d for c, d in filled.items() if c[0] == self.once), default=None)
        due = Period.parse(period).last_day if self.due == "period_end" else context.covers.last
        if self.follow_up and event is not None:
            # What starts late, or after the days that are covered, is not late before it can be.
            due = max(due, event + timedelta(days=self.follow_up.number), date(event.year, 12, 31) if event > due else due)
        return due

    def _judge_absent(
        self,
        rule: RuleSpec,
        seen: pl.DataFrame,
        group: str,
        pool: _Pool | None,
        rows: list[dict[str, Any]],
        absent: list[Cell],
        fact: dict[str, Any],
        *,
        by: date | None = None,
    ) -> tuple[Outcome, tuple[str, ...]]:
        """A violation, unless for every absent cell there is a record that may fill it, by a day if one is given."""
        if self.per and not group and not self.pooled and len(seen.filter(pl.col("group") != "")):
            return Outcome.INDETERMINATE, (f"{rule.on}.{self.per}",)
        others = pool.others & set(absent) if pool else set()

        def may_fill(cell: Cell, row: dict[str, Any]) -> bool:
            return fits(self.axes, cell, row) and may_be_by(by, row)

        possible = {c for c in absent if c in others or any(may_fill(c, row) for row in rows)}
        if possible >= set(absent):
            missing = self._why_open(rule, [r for r in rows if any(may_fill(c, r) for c in absent)], absent, group, fact)
            if others:
                # Whether the lists of another subject are theirs, too, its name does not tell.
                fact["unclear"] = [self.per]
                missing = (*missing, f"{rule.on}.{self.per}")
            return Outcome.INDETERMINATE, tuple(dict.fromkeys(missing))
        fact["absent"] = [c for c in absent if c not in possible] or absent
        return Outcome.VIOLATION, ()

    def _why_open(
        self, rule: RuleSpec, rows: list[dict[str, Any]], cells: list[Cell], group: str, fact: dict[str, Any]
    ) -> tuple[str, ...]:
        """What leaves it open whether doubtful records fill cells: the fields that are blank; the words and records go into the facts."""
        why: dict[str, None] = {}
        words: dict[tuple[str, str], None] = {}
        for row in rows:
            why_not, unknown = self.doubts_of(row)
            words |= dict.fromkeys(unknown)
            if row[REJECTED]:
                why |= dict.fromkeys(f"{rule.on}.{name}" for name in why_not)
                continue
            names = [*(a.field for a in self.axes), *(n for n, t in iter_tests(rule.when) if t.unknown is None)]
            blank = [f"{rule.on}.{n}" for n in names if row[n] is None]
            needs_more = any(row[self.axes[0].field] in (None, value) and row[held(value)] is None for value in self.holds)
            for n in dict.fromkeys([*(a.field for a in self.axes), *(["elements"] if needs_more else [])]):
                word = row[f"_word:{n}"]
                words |= dict.fromkeys((n, w) for w in (word if isinstance(word, list) else [word]) if w is not None)
            blank += [f"{rule.on}.{self.per}"] if self.per and not row["group"] and group else []
            blank += [f"{rule.on}.{self.done}"] if self.done and row["_day"] is None else []
            blank += [f"{rule.on}.period"] if row["period"] == "?" else []
            blank += [f"{rule.on}.{n}" for n in why_not]
            if needs_more:
                blank += [f"{rule.on}.elements"]
                if ELSEWHERE in (row["_word:elements"] or ()):
                    fact["unclear"] = ["elements"]
            why |= dict.fromkeys(blank or [f"{rule.on}.rejected"])
        fact["words"] = sorted(words)
        fact["left_open"] = self.left_open(rows)
        fact["doubtful"] = some_of(r["id"] for r in rows if r["id"] is not None)
        return tuple(why)

    def lateness(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[int | None, str | None]:
        """What is incomplete is not late by days; what was completed too late is."""
        return super().lateness(rule, found, context) if self.is_done(rule, found, context) else (None, None)

    def is_done(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> bool:
        return bool(found.get("late"))

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        return grid_message(self, rule, found, context)

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        return grid_steps(self, rule, found, context)

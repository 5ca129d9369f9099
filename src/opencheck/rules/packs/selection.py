"""Rules by what a person calls them: an id, a pattern of ids, a clause, a task."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from opencheck.core.errors import unknown_name
from opencheck.rules.packs.pack import Pack

__all__ = ["rules_of_tasks", "select_rules", "task_of"]


def task_of(clause: str) -> str:
    """The task that a clause belongs to: what stands before its last dot.

    >>> task_of("8-7.10"), task_of("9.4")
    ('8-7', '9')
    """
    return clause.rpartition(".")[0] or clause


def select_rules(packs: Sequence[Pack], wanted: str | Iterable[str]) -> tuple[str, ...]:
    """Return the ids of the rules that are meant, in the order of the packs.

    Args:
        packs: the packs that have the rules.
        wanted: one or several of: a rule's id (``PD-9.4``), a pattern (``PD-9.*``; ``*`` stands for any text), a clause (``9.4``).

    Raises:
        UnknownNameError: a name that no rule has; the nearest is named.

    >>> import opencheck as oc
    >>> pack = oc.load_pack("pingdu-2018")
    >>> select_rules([pack], ["9.4", "PD-13.*"])
    ('PD-9.4', 'PD-13.1', 'PD-13.2', 'PD-13.3')
    """
    clauses = {rule_id: bound.rule.clause for pack in packs for rule_id, bound in pack.rules.items()}
    names = (wanted,) if isinstance(wanted, str) or not isinstance(wanted, Iterable) else tuple(wanted)
    found: set[str] = set()
    for name in names:
        meant: set[str] = set()
        if isinstance(name, str):
            meant = {name} & clauses.keys() or {r for r, clause in clauses.items() if clause == name}
            meant = meant or {r for r in clauses if fnmatchcase(r, name)}
        if not meant:
            raise unknown_name("没有规则 / no rule", name, sorted(clauses), code="unknown_rule", field="rules")
        found |= meant
    return tuple(r for r in clauses if r in found)


def rules_of_tasks(packs: Sequence[Pack], tasks: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of the rules of tasks, in the order of the packs.

    Args:
        packs: the packs that have the rules.
        tasks: tasks of the plan, as its clauses begin: ``9``, ``8-4``.

    Raises:
        UnknownNameError: a task without rules; the nearest is named.

    >>> import opencheck as oc
    >>> rules_of_tasks([oc.load_pack("pingdu-2018")], ["17"])
    ('PD-17.1', 'PD-17.1b', 'PD-17.2', 'PD-17.2b')
    """
    of_rule = {r: task_of(b.rule.clause) for pack in packs for r, b in pack.rules.items()}
    for task in (wanted := tuple(tasks)):
        if task not in of_rule.values():
            raise unknown_name(
                "没有这项任务 / no task", task, dict.fromkeys(of_rule.values()), code="unknown_task", field="task"
            )
    return tuple(r for r, task in of_rule.items() if task in wanted)

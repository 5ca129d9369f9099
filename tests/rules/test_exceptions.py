"""Exceptions and justifications."""

from __future__ import annotations

from pathlib import Path

import pytest

from opencheck.core.outcomes import Outcome
from pack_files import own_pack
from pingdu_rules import one

SECRET = {"id": "1", "kind": "teleconference", "affects_public_interest": True, "held_on": "2018-09-12"}


@pytest.mark.parametrize("secret", [True, False, None])
@pytest.mark.parametrize("basis", ["保密法第九条", None])
@pytest.mark.parametrize("broadcast", [["政府门户网站"], None])
def test_exception_applies_on_its_basis_only(secret: bool | None, basis: str | None, broadcast: list[str] | None) -> None:
    row = {**SECRET, "state_secret": secret, "confidential_basis": basis, "broadcast_channels": broadcast}
    found = one("PD-2-1.5", {"meeting": [row]})
    if secret and basis:
        assert found.outcome is Outcome.NOT_APPLICABLE
        assert "涉及国家秘密" in found.message.zh
    elif broadcast:
        assert found.outcome is Outcome.PASS
    elif secret is None and basis:
        assert (found.outcome, found.missing) == (Outcome.INDETERMINATE, ("state_secret",))
    else:
        assert found.outcome is Outcome.VIOLATION
        if secret:
            assert "“保密依据”没有合格的内容" in found.message.zh
            assert "confidentiality" in found.message.en


def test_justification_passes_and_is_shown() -> None:
    row = {"id": "1", "affects_public_interest": True, "is_complex": False, "disclosed": "none", "replied_on": "2018-09-10"}
    broken = one("PD-6.1", {"proposal_reply": [{**row, "justification": None}]})
    assert (broken.outcome, broken.severity) == (Outcome.VIOLATION, "warning")
    answered = one("PD-6.1", {"proposal_reply": [{**row, "justification": "涉及商业秘密"}]})
    assert (answered.outcome, answered.justified, answered.late_by) == (Outcome.PASS, True, None)
    assert "涉及商业秘密" in answered.message.zh
    assert "涉及商业秘密" in answered.explanation[-1].zh


@pytest.mark.parametrize(
    ("cells", "outcome", "missing"),
    [
        ({"mandatory_personal_data": None, "level": "村级"}, "indeterminate", ("mandatory_personal_data",)),
        ({"mandatory_personal_data": True, "level": None}, "indeterminate", ("level",)),
        ({"mandatory_personal_data": None, "level": None}, "indeterminate", ("mandatory_personal_data", "level")),
        ({"mandatory_personal_data": None, "level": "县级"}, "violation", ()),
        ({"mandatory_personal_data": True, "level": "村级"}, "not_applicable", ()),
    ],
)
def test_exception_of_two_facts_names_the_one_that_is_blank(
    tmp_path: Path, cells: dict[str, object], outcome: str, missing: tuple[str, ...]
) -> None:
    grant = (
        "{title: {zh: 强制披露, en: mandatory}, when: {mandatory_personal_data: true, level: village}, basis: justification}"
    )
    own = "when: {topic: debt}\n  require: {posted: {from: published_on, until: posted_until, at_least: 10 days}}"
    pack = own_pack(tmp_path / "p", f"{own}\n  exceptions: [{grant}]")
    row = {
        "id": "1",
        "topic": "debt",
        "published_on": "2018-09-03",
        "posted_until": "2018-09-04",
        "justification": "社会救助暂行办法第十一条",
    }
    (found,) = pack.rules["X-1"].check({"disclosure": [row | cells]}, as_of="2018-12-31")
    assert (str(found.outcome), found.missing) == (outcome, missing)

"""Exceptions and justifications."""

from __future__ import annotations

import pytest

from opencheck.core.outcomes import Outcome
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

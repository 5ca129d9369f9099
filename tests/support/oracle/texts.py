"""Bodies of documents of which it is known, by construction, which label they carry and what they show."""

from __future__ import annotations

BODY = "关于做好有关工作的通知"
LABELLED: dict[str, str | None] = {
    f"{BODY}\n各镇街：\n请认真落实。\n（此件公开发布）": "主动公开",
    f"{BODY}\n（此件主动公开）": "主动公开",
    f"{BODY}\n请认真落实。\n公开属性：依申请公开": "依申请公开",
    f"{BODY}\n（此件不予公开）": "不予公开",
    f"{BODY}\n（此件删减后公开）": "删减后公开",
    f"{BODY}\n各单位要主动公开有关情况。": None,
    BODY: None,
    f"{BODY}\n（此件公开发布）\n（此件依申请公开）": "?",
    f"{BODY}\n附件：1.名单\n附件\n名单\n（此件公开发布）": "?",
    f"{BODY}\n（此件公开发布）\n附件\n名单\n（此件不予公开）": "主动公开",
}
"""Texts, and the label that each carries: none, or ``?`` where it is open."""

IDENTITY = "11010519491231002X"
SHOWS: dict[str, set[str]] = {
    **{text: set() for text in LABELLED},
    f"{BODY}。联系人王某，身份证号{IDENTITY}。": {"resident_id"},
    f"{BODY}。联系人王某，身份证号110105********002X。": set(),
    f"{BODY}。王某，手机号13812345678。": {"mobile"},
    f"{BODY}。监督电话：88361234。": set(),
    f"{BODY}\n抄送：市委办公室。": {"copy_list"},
    f"{BODY}，总投资12345678元。": set(),
}
"""Texts, and the kinds of personal data (or a list of those who get copies) that each shows."""

"""Bodies of documents of which it is known, by construction, which label they carry and what they show."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

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

FIXED = tuple(SHOWS)
"""The texts above, which are always the same."""


def _identity(r: Random) -> str:
    """A number of a made-up person, with its check digit."""
    born = f"{r.randint(1940, 2005)}{r.randint(1, 12):02}{r.randint(1, 28):02}"
    body = f"{r.choice(['370283', '110105', '440305'])}{born}{r.randint(0, 999):03}"
    return body + "10X98765432"[sum(int(d) * 2 ** (17 - n) for n, d in enumerate(body)) % 11]


def _card(r: Random) -> str:
    body = "622848" + "".join(str(r.randint(0, 9)) for _ in range(12))
    total = sum(sum(divmod(int(d) * 2, 10)) if n % 2 == 0 else int(d) for n, d in enumerate(reversed(body)))
    return body + str(-total % 10)


def _mobile(r: Random) -> str:
    return f"1{r.choice('3578')}{r.randint(0, 9)}{r.randint(0, 99999999):08}"


def _in_groups(number: str, size: int, mark: str) -> str:
    return mark.join(number[n : n + size] for n in range(0, len(number), size))


def _wide(number: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) for c in number)


PARTS: list[tuple[str | None, Callable[[Random], str]]] = [
    (None, lambda r: f"总投资{r.randint(10**7, 10**9)}元"),
    (None, lambda r: f"合同编号{r.randint(10**17, 10**18 - 1)}"),
    (None, lambda r: f"准考证号{_identity(r)}"),
    (None, lambda r: f"监督电话：{_mobile(r)}"),
    (None, lambda r: f"咨询电话0532-{r.randint(80000000, 89999999)}"),
    (None, lambda r: f"身份证号{_identity(r)[:6]}********{r.randint(1000, 9999)}"),
    (None, lambda r: f"手机号{_mobile(r)[:3]}****{r.randint(1000, 9999)}"),
    (None, lambda r: f"责任单位：市环保局办公室，电话{r.randint(80000000, 89999999)}"),
    ("resident_id", lambda r: f"王某，身份证号{_identity(r)}"),
    ("resident_id", lambda r: f"王某（{_identity(r)}）"),
    ("resident_id", lambda r: f"王某，身份证号码：{_wide(_identity(r))}"),
    ("resident_id", lambda r: f"王某，公民身份号码{_in_groups(_identity(r), 6, ' ')}"),
    ("resident_id", lambda r: f"王某，身份证号{_identity(r)[:14]}****"),
    ("mobile", lambda r: f"王某，手机号{_mobile(r)}"),
    ("mobile", lambda r: f"王某，手机：{_wide(_mobile(r))}"),
    ("mobile", lambda r: f"联系人王某，手机{_mobile(r)[:3]} {r.randint(1000, 9999)} {r.randint(1000, 9999)}"),
    ("bank_card", lambda r: f"开户行农业银行，银行卡号{_card(r)}"),
    ("bank_card", lambda r: f"银行卡号{_in_groups(_card(r), 4, ' ')}"),
    ("passport", lambda r: f"王某，护照号E{r.randint(10**7, 10**8 - 1)}"),
    (
        "address",
        lambda r: f"王某，家庭住址：平度市东阁街道红旗路{r.randint(1, 99)}号{r.randint(1, 9)}单元{r.randint(101, 602)}室",
    ),
    ("copy_list", lambda r: r.choice(["抄送：市委办公室", "抄 报:市人大常委会", "抄送: 市政协"])),
    ("contact", lambda r: f"王某代表，电话{r.randint(80000000, 89999999)}"),
    ("contact mobile", lambda r: f"提案人李某\n联系电话：{_wide(_mobile(r))}"),
    ("contact", lambda r: f"领衔代表：张某\n平度市第一中学\n{r.randint(80000000, 89999999)}"),
]
"""What a sentence shows, and how it is written: forms that the page on reliability says are found, or are none."""


def made(r: Random) -> str:
    """A body of one to three such sentences, remembered with what it shows."""
    parts = [r.choice(PARTS) for _ in range(r.choice([1, 1, 2, 3]))]
    text = BODY + "。\n" + "".join(f"{write(r)}。\n" for _, write in parts)
    text = text.rstrip("\n")
    SHOWS[text] = {kind for kinds, _ in parts if kinds for kind in kinds.split()}
    return text

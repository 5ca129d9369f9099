"""Numbers as offices' files hold them: 60 shapes, personal and not, each a function of a seeded random source.

A shape returns the text before the number, the number, the text after it. Its kind is that of the personal data, or None. Check digits are worked
out here anew, so that the list does not depend on what it measures. Persons and numbers are made up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

__all__ = ["SHAPES", "Sample", "made_list"]

Parts = tuple[str, str, str]


class Sample(NamedTuple):
    """One text of the list, with the place and kind of its number."""

    shape: str
    kind: str | None
    text: str
    start: int
    end: int


SHAPES: dict[str, tuple[str | None, Callable[[Random], Parts]]] = {}

REGIONS = ("370283", "370202", "110105", "440305", "620102", "650103", "120101", "510107")
BANKS = ("622202", "621700", "622848", "621661")
SURNAMES = "王李张刘陈杨赵黄周吴"


def shape(name: str, kind: str | None) -> Callable[[Callable[[Random], Parts]], Callable[[Random], Parts]]:
    def keep(make: Callable[[Random], Parts]) -> Callable[[Random], Parts]:
        SHAPES[name] = (kind, make)
        return make

    return keep


def made_list(seed: int = 20261126, size: int = 2000) -> Iterator[Sample]:
    """Yield the samples, the shapes in turn.

    >>> sum(1 for _ in made_list())
    2000
    """
    source, names = Random(seed), list(SHAPES)
    for number in range(size):
        name = names[number % len(names)]
        kind, make = SHAPES[name]
        before, value, after = make(source)
        yield Sample(name, kind, before + value + after, len(before), len(before) + len(value))


def digits(r: Random, count: int) -> str:
    return "".join(r.choice("0123456789") for _ in range(count))


def day(r: Random, first: int = 1930, last: int = 2015) -> str:
    return f"{r.randint(first, last)}{r.randint(1, 12):02}{r.randint(1, 28):02}"


def check(body: str) -> str:
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


def resident(r: Random, last: str = "") -> str:
    while True:
        body = r.choice(REGIONS) + day(r) + digits(r, 3)
        if not last or check(body) == last:
            return body + check(body)


def old_resident(r: Random) -> str:
    return r.choice(REGIONS) + day(r, 1930, 1979)[2:] + digits(r, 3)


def luhn(body: str) -> str:
    total = 0
    for place, c in enumerate(reversed(body)):
        n = int(c) * (1 if place % 2 else 2)
        total += n - 9 if n > 9 else n
    return str(-total % 10)


def card(r: Random, length: int = 19) -> str:
    body = r.choice(BANKS) + digits(r, length - 7)
    return body + luhn(body)


def mobile(r: Random) -> str:
    return "1" + r.choice("356789") + digits(r, 9)


def name(r: Random) -> str:
    return r.choice(SURNAMES) + "某"


def grouped(value: str, *lengths: int, by: str = " ") -> str:
    pieces, at = [], 0
    for length in lengths:
        pieces.append(value[at : at + length])
        at += length
    return by.join(pieces)


def wide(value: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) for c in value)


def table(headings: str, row: str) -> tuple[str, str]:
    """A table of one row; its number is to stand at the row's ``#``."""
    before, _, after = row.partition("#")
    return "名单\n" + "\t".join(headings.split()) + "\n" + "\t".join(before.split(" ")), "\t".join(after.split(" ")) + "\n"


def in_table(headings: str, row: str, value: str) -> Parts:
    before, after = table(headings, row)
    return before, value, after


ID = "resident_id"
shape("18位，句中", ID)(lambda r: (f"{name(r)}，", resident(r), "，予以补助。"))
shape("18位，身份证号后", ID)(lambda r: ("身份证号：", resident(r), "。"))
shape("18位，末位X", ID)(lambda r: ("公民身份号码", resident(r, "X"), "。"))
shape("18位，末位小写x", ID)(lambda r: ("身份证", resident(r, "X").lower(), "。"))
shape("18位，末位×", ID)(lambda r: ("身份证号", resident(r, "X")[:-1] + "×", "。"))
shape("18位，末位西里尔字母Х", ID)(lambda r: (f"{name(r)} ", resident(r, "X")[:-1] + "\u0425", "。"))
shape("18位，全角", ID)(lambda r: ("身份证号", wide(resident(r)), "。"))
shape("18位，空格分6-8-4", ID)(lambda r: ("身份证号", grouped(resident(r), 6, 8, 4), "。"))
shape("18位，短横分6-4-4-4", ID)(lambda r: ("身份证号", grouped(resident(r), 6, 4, 4, 4, by="-"), "。"))
shape("18位，长横", ID)(lambda r: ("", grouped(resident(r), 6, 8, 4, by="—"), "。"))
shape("18位，圆点", ID)(lambda r: ("身份证号", grouped(resident(r), 6, 8, 4, by="·"), "。"))
shape("18位，逐字空格", ID)(lambda r: ("身份证号", " ".join(resident(r)), "。"))
shape("18位，零宽字符", ID)(lambda r: ("身份证号", grouped(resident(r), 6, 8, 4, by="\u200b"), "。"))
shape("18位，行末折断", ID)(lambda r: ("身份证号", grouped(resident(r), r.randint(3, 15), 18, by="\n"), "，补助。"))
shape("18位，前有字母", ID)(lambda r: ("学籍号G", resident(r), "。"))
shape("18位，表格列", ID)(lambda r: in_table("序号 姓名 身份证号", f"1 {name(r)} #", resident(r)))
shape("18位，没有说明的列", ID)(lambda r: in_table("序号 姓名 备注", f"1 {name(r)} #", resident(r)))
shape("残疾证号，20位", ID)(
    lambda r: in_table("序号 姓名 残疾证号", f"1 {name(r)} #", resident(r) + r.choice("1234567") + r.choice("1234"))
)
shape("残疾证号，身份证末位X", ID)(lambda r: ("残疾人证号：", resident(r, "X") + r.choice("1234567") + r.choice("1234"), "。"))
shape("15位，身份证号后", ID)(lambda r: ("身份证号：", old_resident(r), "。"))
shape("15位，身份证号列", ID)(lambda r: in_table("姓名 身份证号码 村居", f"{name(r)} # 前进村", old_resident(r)))
shape("只遮后四位，生日可见", ID)(lambda r: (f"{name(r)}，", resident(r)[:14] + "****", "。"))
shape("遮前六位和后四位，生日可见", ID)(lambda r: ("身份证号", "******" + resident(r)[6:14] + "****", "。"))
shape("身份证号，校验位写错", ID)(lambda r: ("身份证号", resident(r, "5")[:-1] + "6", "。"))

MOBILE = "mobile"
shape("手机，句中", MOBILE)(lambda r: (f"联系人{name(r)}，", mobile(r), "。"))
shape("手机，3-4-4空格", MOBILE)(lambda r: ("电话", grouped(mobile(r), 3, 4, 4), "。"))
shape("手机，3-4-4短横", MOBILE)(lambda r: ("电话", grouped(mobile(r), 3, 4, 4, by="-"), "。"))
shape("手机，3-4-4圆点", MOBILE)(lambda r: ("手机：", grouped(mobile(r), 3, 4, 4, by="."), "。"))
shape("手机，+86", MOBILE)(lambda r: ("电话+", "86" + mobile(r), "。"))
shape("手机，86连写", MOBILE)(lambda r: ("电话", "86" + mobile(r), "。"))
shape("手机，86加空格", MOBILE)(lambda r: ("手机", "86 " + mobile(r), "。"))
shape("手机，全角", MOBILE)(lambda r: ("手机", wide(mobile(r)), "。"))
shape("手机，表格列", MOBILE)(lambda r: in_table("户主姓名 联系电话 金额", f"{name(r)} # 1200", mobile(r)))
shape("手机，汉字写的", MOBILE)(lambda r: ("手机", "".join("零一二三四五六七八九"[int(c)] for c in mobile(r)), "。"))

CARD = "bank_card"
shape("卡号，19位", CARD)(lambda r: ("银行卡号", card(r), "。"))
shape("卡号，16位", CARD)(lambda r: ("账号：", card(r, 16), "。"))
shape("卡号，四位一组", CARD)(lambda r: ("卡号", grouped(card(r), 4, 4, 4, 4, 3), "。"))
shape("卡号，表格列", CARD)(lambda r: in_table("姓名 一卡通账号 金额", f"{name(r)} # 1200", card(r)))

shape("护照，护照号后", "passport")(lambda r: ("护照号码：", "E" + digits(r, 8), "。"))
shape("住址，有室", "address")(
    lambda r: ("家住", f"红旗路{r.randint(1, 99)}号楼{r.randint(1, 9)}单元{r.randint(101, 999)}室", "，低保户。")
)
shape("住址，没有室", "address")(lambda r: ("家庭住址：", f"东阁街道红旗路{r.randint(1, 99)}号", "，低保户。"))

shape("准考证号列，15位", None)(lambda r: in_table("职位 准考证号 姓名", f"科员 # {name(r)}", old_resident(r)))
shape("考号列，11位", None)(lambda r: in_table("考号 姓名 成绩", f"# {name(r)} 128.5", mobile(r)))
shape("注册号列，15位", None)(lambda r: in_table("企业名称 注册号 日期", "某厂 # 2018-09-03", "3702832280" + digits(r, 5)))
shape("纳税人识别号列，18位", None)(lambda r: in_table("企业 纳税人识别号 税额", "某厂 # 1200", "91" + digits(r, 16)))
shape("统一社会信用代码", None)(lambda r: ("统一社会信用代码：", "91370283" + digits(r, 9) + r.choice("ABCDEFGH"), "。"))
shape("合同编号列，含日期", None)(
    lambda r: in_table("合同编号 金额 乙方", "# 1200 某厂", "370283" + day(r, 2016, 2018) + digits(r, 4))
)
shape("合同编号，句中，含日期", None)(lambda r: ("合同编号：", "370283" + day(r, 2016, 2018) + digits(r, 4), "。"))
shape("编号没有说明，含日期", None)(lambda r: ("附：", "370283" + day(r, 2016, 2018) + digits(r, 4), "。"))
shape("批号列", None)(lambda r: in_table("品名 批号 结果", "面粉 # 合格", mobile(r)))
shape("金额列", None)(lambda r: in_table("项目 金额（元） 备注", "道路 # 无", mobile(r)))
shape("金额，有小数", None)(lambda r: ("共计", mobile(r) + "." + digits(r, 2), "元。"))
shape("小数点后", None)(lambda r: ("系数0.", mobile(r), "。"))
shape("上一行末的分数和下一行的号码", None)(lambda r: ("部门\t128.", f"{r.randint(4, 6)}\n{digits(r, 15)}", "\t张某\n"))
shape("网址里的号码", None)(lambda r: ("见http://www.example.gov.cn/col/", mobile(r), "/index.html。"))
shape("监督电话", None)(lambda r: ("监督举报电话：", mobile(r), "。"))
shape("固定电话", None)(lambda r: ("电话", "0532-8" + digits(r, 7), "。"))
shape("已遮盖的身份证号", None)(lambda r: (f"{name(r)}，", (n := resident(r))[:6] + "********" + n[14:], "。"))
shape("16位交易单号，62开头", None)(lambda r: ("凭证", "62" + digits(r, 14), "。"))
shape("更长号码的一段", None)(lambda r: ("条码", digits(r, 5) + mobile(r) + digits(r, 8), "。"))

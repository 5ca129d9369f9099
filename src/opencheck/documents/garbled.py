"""Whether the text of a page is what the page shows: fonts without codes give names of glyphs, private characters, characters at random."""

from __future__ import annotations

import re
import unicodedata

__all__ = [
    "is_garbled",
]


_GLYPH_NAMES = re.compile(r"(?:/[A-Za-z]{1,8}[0-9A-Fa-f]{1,6}|\(cid:[0-9]+\)|/\.notdef){2,}")
"""What is left of characters whose font does not say what they are: /g21/g35, (cid:12)."""

_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面方后多定行学法所民得经"
    "市县区镇村街府政局委办公厅关文号月日第通知各部门单位机关安全项目资金社会服务管理建设规划情况报告意见办法附件名称姓序标准金额"
    "元合计备注负责人联系电话及其与或按由本年度前应当进加强实施开展相信息企业业务水电路农教育医疗保险张王李刘陈杨赵黄周吴徐孙胡朱"
)


def is_garbled(text: str) -> bool:
    """Return whether a page's text is not what the page shows: names of glyphs, private or foreign characters, characters at random.

    >>> is_garbled("/g21/g35/g12/g44"), is_garbled("平度市人民政府办公室关于做好工作的通知")
    (True, False)
    """
    visible = [c for c in text if not c.isspace()]
    if not visible:
        return False
    named = sum(len(m[0]) for m in _GLYPH_NAMES.finditer(text))
    lost = sum(1 for c in visible if c in "\ufffd¤" or unicodedata.category(c) in ("Co", "Cn", "Cc", "Cs"))
    letters = [c for c in visible if unicodedata.category(c)[0] == "L"]
    foreign = sum(1 for c in letters if not (c.isascii() or _is_han(c)))
    rare = sum(1 for c in letters if "\u3400" <= c <= "\u4dbf" or c >= "\U00020000")
    han = [c for c in letters if "\u4e00" <= c <= "\u9fff"]
    known = sum(1 for c in han if c in _COMMON)
    signs = sum(1 for c in visible if c.isascii() and not c.isalnum() and c not in ".,-_/:()%+=")
    return (
        named > len(visible) * 0.1
        or lost > max(5, len(visible) * 0.1)
        or re.search("[\ue000-\uf8ff\ufffd\x01-\x08\x0e-\x1f]{4}", text) is not None
        or foreign > max(8, len(letters) * 0.3)
        or rare > max(5, len(letters) * 0.2)
        or (len(han) >= 60 and known < len(han) * 0.04)
        or (len(visible) >= 30 and signs > len(visible) * 0.4)
    )


def _is_han(char: str) -> bool:
    return "\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or "\uff00" <= char <= "\uffef" or char >= "\U00020000"

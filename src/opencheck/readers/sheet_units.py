"""Sheets that are named after a unit, one for each, with the same columns and none for the unit."""

from __future__ import annotations

import re

from opencheck.core.normalize import normalize_whitespace
from opencheck.readers.raw_tables import RawTable
from opencheck.readers.table_detection import table_by_name
from opencheck.records.dataset import Dataset
from opencheck.records.table_spec import TableSpec
from opencheck.records.vocabularies import VOCABULARIES

__all__ = ["note_units", "take_unit_of_sheet", "takes_units", "unit_of_sheet"]

_FIELDS = (
    "扶贫|政府|府|信访|编|编制|编委|编委编|人防|法制|应急|外事|侨|台|金融|新闻|文明|防汛|抗旱|防火|安监|安全|安委|食安|双拥|老龄|农业|农村|农|林业|"
    "水利|环保|环境|经济|开发|项目|招商|创城|创建|拆迁|征收|征迁|改造|整治|督查|督察|公开|改革|体改|综治|维稳|史志|地方志|保密|机要|接待|"
    "调研|研究|市委|县委|区委|党委|党政|行政|后勤|普法|医改|合作医疗|爱卫|计生|防疫|禁毒|科技|产权|国资|企业|上市|服务业|旅游|物流|节能|"
    "移民|库区|人才|稳定|信息化|大数据|网信|网络|舆情|交通|治超|铁路|机场|考核|绩效|残工|妇工|关工|统战|宗教|民宗|文化|体育|教育|城管|城建|"
    "住房|房改|物业|社保|医保|就业|救助|慈善"
)
"""Fields of work of an office that is called 办 for short; 马上办 and 联办 are ways to handle things."""
_BUSINESS = (
    "水务|自来水|供水|排水|供电|电力|燃气|煤气|天然气|热力|供热|公交|客运|公共交通|烟草|盐业|石油|电信|移动|联通|铁塔|城投|建投|交投|国投|"
    "城建|粮油|粮食|广电|有线电视|环卫|园林"
)
"""What stands before 公司 in the name of one company; 国有公司 are many."""
_MANY = (
    "各|本|全|其他|其它|有关|相关|所有|部分|下属|直属|重点|国有|市属|民营|公立|私立|上市|基层|区县|部门|镇街|乡镇|城镇|村镇|街镇|街道|小城镇|中心镇"
    "|特色|建制镇|示范|试点|贫困|强镇|美丽|卫生镇|文明|数字|法治|阳光|电子政府|透明|廉洁|服务型|责任|诚信|(?:社区|村|居|民|业主)+委"
)
"""How names begin that are of many units, or of none."""
_SECTION = "(?:综合|行政|党政|财务|人事|秘书|文秘|总务|政工|后勤|督查|信息)(?:办公室|(?:服务)?中心)"
"""Sections that every office has."""
_UNIT = re.compile(
    rf"(?:\d{{4}}年?)?(?P<unit>(?!{_MANY}|{_SECTION})(?:"
    r"[^\W\d_]{1,16}(?:(?<![布格大结破开])局|(?<!常)委|委员会|委会|办公室|办事处|[法医学]院|中心|大队|支队|联合会|总工会|指挥部|政府)"
    r"|[^\W\d_]{2,14}(?:镇|乡|街道)"
    rf"|[^\W\d_]{{0,14}}(?:(?:{_FIELDS})办|(?:{_BUSINESS})公司)|[^\W\d_]{{2,14}}(?:有限|有限责任|股份|集团|总)公司))"
    r"(?:\d{4}年?|公开|信息|政务|台账|表)*"
)
"""The name of a sheet that is one of a unit: how units end, what tells them apart, and what may stand about the name."""

_HEADER = "工作表名"


def unit_of_sheet(name: str) -> str | None:
    """The unit after which a sheet is named; None for any other name.

    >>> [unit_of_sheet(n) for n in ("市民政局", "2018年财政局台账", "云山镇", "市扶贫办", "公文", "马上办", "乡镇", "重点镇", "各局")]
    ['市民政局', '财政局', '云山镇', '市扶贫办', None, None, None, None, None]
    """
    plain = normalize_whitespace(name)
    match = _UNIT.fullmatch(plain)
    if match is None or VOCABULARIES["level"].resolve(match["unit"]) is not None or table_by_name(match["unit"]) is not None:
        return None
    return match["unit"]


def takes_units(data: Dataset, spec: TableSpec) -> bool:
    """Whether records of a table that name no unit are those of the unit that their sheet, or a line above them, names.

    Not where the whole ledger is said to be one unit's, and not waivers, which concern every unit where they name none.
    """
    return "unit" in spec.fields and spec.name != "waiver" and data.expected is None and data.ledger_unit is None


def take_unit_of_sheet(data: Dataset, table: RawTable, sheet: str) -> str | None:
    """Give the records of a table without a column of units the unit after which their sheet is named.

    Args:
        data: the dataset.
        table: the table; it is changed.
        sheet: the sheet's name.

    Returns:
        The unit; None where the records keep none.
    """
    if not takes_units(data, table.spec) or "unit" in table.columns or (unit := unit_of_sheet(sheet)) is None:
        return None
    table.columns["unit"] = (_HEADER, [unit] * len(table.rows))
    return unit


def note_units(data: Dataset, file: str, units: list[str]) -> None:
    """Say that the records of some sheets were taken as those of the units after which the sheets are named."""
    if units:
        data.notes.append(("note.sheet_units", {"file": file, "units": list(dict.fromkeys(units))}))

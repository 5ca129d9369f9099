"""A portal's backend: what it publishes is checked each night, and each notice before it goes out.

    python examples/portal/portal.py [DATABASE]

The portal's own database has its own tables and columns. What is opencheck's in here: two SELECTs that name the columns as a ledger does,
one call for the night, one for the moment of publication. Notices and names are invented.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import opencheck as oc
from opencheck.core.personal_data import mask_personal_data

SCHEMA = """
create table article (
    aid integer primary key, dept text, caption text, doc_no text, kind text, open_type text,
    signed text, online_at text, content text, explains integer references article (aid)
);
create table todo (dept text, aid integer, rule text, due text, what text, remedy text, finding text primary key, open_since text);
"""

# One place says what the portal's columns are in a ledger. An interpretation is an article that explains another.
DOCUMENTS = """
select aid as id, dept as unit, caption as title, doc_no as number, kind = '政策' as is_policy, open_type as attribute,
       signed as signed_on, online_at as published_on, content as text
from article where explains is null
"""
INTERPRETATIONS = (
    "select aid as id, explains as document_id, dept as unit, online_at as published_on from article where explains is not null"
)


def rows(database: sqlite3.Connection, query: str) -> list[dict[str, Any]]:
    database.row_factory = sqlite3.Row
    found = [dict(row) for row in database.execute(query)]
    return [{**row, "is_policy": bool(row["is_policy"])} if "is_policy" in row else row for row in found]


def tonight(database: sqlite3.Connection, day: str) -> oc.Report:
    """Check what is published; keep what the offices have to do. What is done leaves the list, what stays keeps its first day."""
    tables = {"document": rows(database, DOCUMENTS), "interpretation": rows(database, INTERPRETATIONS)}
    report = oc.check(tables, pack="pingdu-2018", as_of=day)
    with database:
        database.execute("create temp table if not exists tonight (finding text primary key)")
        database.execute("delete from tonight")
        for f in report.violations:
            told = (f.unit, f.record_id, f.rule, f.due and f.due.isoformat(), f.message.zh, f.remedy.zh, f.id, day)
            database.execute("insert or ignore into todo values (?, ?, ?, ?, ?, ?, ?, ?)", told)
            database.execute("insert or ignore into tonight values (?)", (f.id,))
        database.execute("delete from todo where finding not in (select finding from tonight)")
    return report


def publish(database: sqlite3.Connection, article: dict[str, Any], day: str) -> list[str]:
    """Publish an article, or say why it must not go out like this."""
    result = oc.preflight(
        {
            "id": "new",
            "unit": article["dept"],
            "title": article["caption"],
            "number": article.get("doc_no"),
            "is_policy": article["kind"] == "政策",
            "attribute": article.get("open_type"),
            "signed_on": article.get("signed"),
            "text": article["content"],
            "reviewed_on": day,
            "review_result": "可以公开",
            "reviewer": "值班编辑",
        },
        as_of=day,
    )
    open_points = [*result.contradictions, *result.unread]
    reasons = [f"{f.rule} {f.message.zh}；{f.remedy.zh}" for f in [*result.blocking, *result.undecided]] + [
        p.zh for p in open_points
    ]
    if result.publishable:
        values = {**article, "online_at": day}
        names = ", ".join(values)
        with database:
            database.execute(f"insert into article ({names}) values ({', '.join('?' * len(values))})", list(values.values()))
    return reasons


def sample(database: sqlite3.Connection) -> None:
    """Notices of an autumn: one explained in time, one late, one not yet."""
    database.executescript(SCHEMA)
    notices = [
        (1, "市民政局", "临时救助办法", "平民发〔2018〕31号", "政策", "主动公开", "2018-09-26", "2018-09-28", None),
        (2, "市民政局", "临时救助办法解读", None, "解读", "主动公开", None, "2018-10-08", 1),
        (3, "市国土资源局", "征收土地补偿标准", "平国土资发〔2018〕40号", "政策", "主动公开", "2018-09-27", "2018-09-28", None),
        (4, "市国土资源局", "补偿标准解读", None, "解读", "主动公开", None, "2018-10-09", 3),
        (5, "市教体局", "义务教育招生工作意见", "平教体发〔2018〕52号", "政策", "主动公开", "2018-10-10", "2018-10-11", None),
    ]
    with database:
        for aid, dept, caption, number, kind, open_type, signed, online, explains in notices:
            mark = "" if aid == 5 else f"此件公开属性：{open_type}"
            text = f"{caption}\n{number or ''}\n有关事项通知如下。\n{mark}"
            database.execute(
                "insert into article values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (aid, dept, caption, number, kind, open_type, signed, online, text, explains),
            )


def main(file: str) -> None:
    with closing(sqlite3.connect(file)) as database:
        sample(database)
        for day in ("2018-10-12", "2018-10-17"):
            report = tonight(database, day)
            print(f"{day}：检查{report.rows['checked']}条，待办：")
            for dept, aid, rule, what, since in database.execute(
                "select dept, aid, rule, what, open_since from todo order by rule, aid"
            ):
                print(f"  {dept} 第{aid}条 {rule} {what}（{since}起）")
        text = "关于发放临时救助金的通知\n张某，身份证号11010519491231002X，救助金2000元。\n此件公开属性：主动公开"
        notice = {
            "dept": "市民政局",
            "caption": "关于发放临时救助金的通知",
            "kind": "通知",
            "open_type": "主动公开",
            "content": text,
        }
        print(f"发布“{notice['caption']}”：")
        for reason in publish(database, notice, "2018-10-17"):
            print(f"  不能公布 {reason}")
        notice["content"] = mask_personal_data(text)
        print(f"遮盖后再发布：{'；'.join(publish(database, notice, '2018-10-17')) or '已公布'}")


if __name__ == "__main__":
    if len(sys.argv) > 1 and Path(sys.argv[1]).exists():
        sys.exit(f"{sys.argv[1]} 已经存在 / exists already")
    main(sys.argv[1] if len(sys.argv) > 1 else ":memory:")

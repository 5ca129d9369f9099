"""Data for the benchmarks: disclosures of every topic of pingdu-2018, two in a hundred with a defect, and the tables that they link to.

Made from fixed seeds, a chunk at a time, so that ten million need no more memory than one.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

CHUNK = 500_000
DEFECTS = 0.02
_HEAVY = {"credit.licence": 18.0, "credit.penalty": 12.0, "poverty_relief.project": 10.0, "food.licence": 6.0}
_BASE = np.datetime64("2018-01-02")
_SENTENCES = [
    f"{what}第{n}号事项已经{how}，现将有关内容予以公开，如有异议请在公示期内向{where}反映，联系电话0532-8{n:07d}。"
    for n, (what, how, where) in enumerate(
        (w, h, o)
        for w in ("关于本年度", "根据上级要求的", "经研究确定的", "依照法定程序办理的", "按计划安排的")
        for h in ("批准实施", "审核完成", "检查结束", "公示期满", "调整到位", "验收合格")
        for o in ("本单位办公室", "政务服务中心", "监督检查科", "综合业务科")
    )
]


def _days(values: np.ndarray) -> pl.Series:
    return pl.Series(values.astype("datetime64[D]")).cast(pl.Date)


def _pick(rng: np.random.Generator, values: list[str | None], count: int, weights: list[float] | None = None) -> pl.Series:
    p = None if weights is None else np.array(weights) / sum(weights)
    return pl.Series(values, dtype=pl.String).gather(rng.choice(len(values), count, p=p))


def _periods(formed: pl.Series, topics: list[str]) -> pl.Series:
    """The period that a disclosure names, as long as its topic's series asks."""
    quarters, years = ["environment.source_monitoring"], ["education.admission", "education.admission_result"]
    frame = pl.DataFrame({"day": formed, "topic": topics})
    quarter = pl.format("{}-Q{}", pl.col("day").dt.year(), pl.col("day").dt.quarter())
    month, year = pl.col("day").dt.to_string("%Y-%m"), pl.col("day").dt.to_string("%Y")
    named = pl.when(pl.col("topic").is_in(quarters)).then(quarter).when(pl.col("topic").is_in(years)).then(year)
    return frame.select(named.otherwise(month)).to_series()


def _identity(rng: np.random.Generator, count: int) -> list[str]:
    """Identity numbers with a right check digit, of nobody."""
    digits = rng.integers(0, 10, (count, 17))
    digits[:, :6] = [3, 7, 0, 2, 8, 3]
    digits[:, 6:10] = [1, 9, 8, 0]
    digits[:, 10:14] = [0, 1, 0, 1]
    weights = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
    check = ["10X98765432"[r] for r in (digits * weights).sum(axis=1) % 11]
    return ["".join(map(str, d)) + c for d, c in zip(digits.tolist(), check, strict=True)]


def _disclosures(rng: np.random.Generator, first: int, count: int, topics: dict[str, list[str]]) -> pl.DataFrame:
    names = list(topics)
    weights = [_HEAVY.get(t, 1.0) for t in names]
    topic = rng.choice(len(names), count, p=np.array(weights) / sum(weights))
    elements = pl.Series([topics[t] for t in names], dtype=pl.List(pl.String)).gather(topic)
    formed = _BASE + rng.integers(0, 350, count)
    published = formed + rng.integers(0, 3, count)
    defect = np.where(rng.random(count) < DEFECTS, rng.integers(1, 7, count), 0)
    published = np.where(topic == names.index("water.warning"), formed, published)  # due at once
    published = np.where(defect == 1, published + 40, published)
    level = rng.choice(4, count, p=[0.4, 0.2, 0.3, 0.1])
    until = published + np.where(defect == 2, 5, 20)
    text = pl.select(
        pl.concat_str(
            _pick(rng, _SENTENCES, count), pl.lit("编号"), pl.int_range(first, first + count).cast(pl.String), pl.lit("，"),
            _pick(rng, _SENTENCES, count),
        )
    ).to_series()  # fmt: skip
    shown = np.flatnonzero(defect == 3)
    numbers = pl.Series(_identity(rng, len(shown)), dtype=pl.String)
    if len(shown):
        text = text.scatter(shown, text.gather(shown) + "身份证号" + numbers + "。")
    attribute = _pick(rng, ["主动公开", "依申请公开", "不予公开"], count, [94, 4, 2])
    reason = pl.select(
        pl.when(attribute == "不予公开").then(pl.lit("依据《中华人民共和国政府信息公开条例》第十四条"))
    ).to_series()
    frame = pl.DataFrame(
        {
            "id": pl.select(pl.int_range(first, first + count).cast(pl.String)).to_series(),
            "unit": _pick(rng, [f"市第{i}局" for i in range(200)], count),
            "title": _pick(rng, [f"第{i}类公开事项的办理情况" for i in range(20000)], count),
            "url": pl.select(pl.format("https://www.example.gov.cn/art/{}.html", pl.int_range(first, first + count))).to_series(),
            "topic": pl.Series(names).gather(topic),
            "subject": _pick(rng, [f"对象{i:04d}" for i in range(500)], count),
            "level": pl.Series(["county", "town", "village", "project_unit"]).gather(level),
            "period": _periods(_days(formed), [names[t] for t in topic]),
            "formed_on": _days(formed),
            "published_on": _days(published),
            "posted_until": _days(until),
            "attribute": attribute,
            "non_disclosure_reason": reason,
            "elements": elements,
            "channels": pl.Series([["政府门户网站", "固定公开栏"]], dtype=pl.List(pl.String)).gather(np.zeros(count, dtype=int)),
            "reviewed_on": _days(formed),
            "review_result": pl.Series(["approved"] * count),
            "reviewer": _pick(rng, [f"审核人{i}" for i in range(300)], count),
            "mandatory_personal_data": np.zeros(count, dtype=bool),
            # At eight o'clock: a midnight is a day of which the time is not told.
            "effective_at": (pl.Series(published + 1).cast(pl.Datetime("us")) + timedelta(hours=8)).dt.replace_time_zone("Asia/Shanghai"),
            "text": text,
        }
    )  # fmt: skip
    flaw = pl.Series(defect)
    up = pl.col("topic").is_in(["poverty_relief.project", "poverty_relief.funds", "poverty_relief.plan"])
    return frame.with_columns(
        pl.when(flaw == 4).then(pl.lit("公开")).otherwise("attribute").alias("attribute"),
        pl.when(flaw == 5).then(None).otherwise("reviewer").alias("reviewer"),
        pl.when(flaw == 6).then(None).otherwise("non_disclosure_reason").alias("non_disclosure_reason"),
        # Only what is taken down has a last day: most things stay.
        pl.when(up & (pl.col("level") != "county")).then("posted_until").alias("posted_until"),
    )


def _documents(rng: np.random.Generator, first: int, count: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    day = _BASE + rng.integers(0, 340, count)
    late = rng.random(count) < DEFECTS
    ids = pl.select(pl.format("公文{}", pl.int_range(first, first + count))).to_series()
    policy = rng.random(count) < 0.5
    documents = pl.DataFrame(
        {
            "id": ids,
            "unit": _pick(rng, [f"市第{i}局" for i in range(200)], count),
            "title": _pick(rng, [f"第{i}号通知" for i in range(5000)], count),
            "drafting_units": pl.Series([["市财政局"]]).gather(np.zeros(count, dtype=int)),
            "is_policy": policy,
            "is_important": policy,
            "affects_public_interest": np.zeros(count, dtype=bool),
            "proposed_attribute": ["主动公开"] * count,
            "proposed_reason": ["依据《条例》第九条，涉及群众利益"] * count,
            "submitted_on": _days(day - 5),
            "interpretation_plan_on": _days(day - 5),
            "signed_on": _days(day - 2),
            "published_on": _days(day),
            "attribute": ["主动公开"] * count,
            "non_disclosure_reason": pl.Series([None] * count, dtype=pl.String),
            "disclosure_provision": pl.Series([None] * count, dtype=pl.String),
            "reviewed_on": _days(day - 3),
            "review_result": ["approved"] * count,
            "reviewer": ["审核人"] * count,
            "text": ["各单位：现将通知印发给你们，请认真执行。\n（此件主动公开）"] * count,
        }
    )
    interpretations = pl.DataFrame(
        {
            "id": pl.select(pl.format("解读{}", pl.int_range(first, first + count))).to_series(),
            "unit": ["市财政局"] * count,
            "document_id": ids,
            "published_on": _days(day + rng.integers(0, 2, count) + np.where(late, 20, 0)),
            "channels": pl.Series([["政府门户网站", "新闻发布会"]]).gather(np.zeros(count, dtype=int)),
        }
    )
    return documents, interpretations


def _read_too(disclosures: pl.DataFrame) -> pl.DataFrame:
    """The interpretations of disclosures whose topic asks for one."""
    theirs = disclosures.filter(pl.col("topic").is_in(["housing.policy", "housing.renovation"]))
    return theirs.select(
        pl.format("解读的{}", "id").alias("id"),
        "unit",
        pl.col("id").alias("document_id"),
        "published_on",
        "channels",
    )


def make(folder: Path, rows: int) -> Path:
    """Write ``disclosure``, ``document``, ``interpretation`` (a tenth as many) and ``roster`` as Parquet; kept if it is there already."""
    import pyarrow.parquet as pq

    from opencheck import load_pack

    done = folder / "roster.parquet"  # the last one
    if done.exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    topics = {t.id: [e.name for e in t.elements] for t in load_pack("pingdu-2018").topics.values()}
    for programme in ("subsistence", "extreme_poverty", "medical", "temporary"):
        topics[f"assistance.policy_{programme}"] = ["救助政策", "保障标准", "办理流程"]
    # What a rule asks for and the topic lacks: without them every penalty would break it, and defects would be a seventh, not 2 %.
    topics["credit.penalty"] = ["决定书文号", *topics["credit.penalty"], "相对人代码"]
    writers: dict[str, pq.ParquetWriter] = {}
    for name, total in (("disclosure", rows), ("document", rows // 10)):
        for at in range(0, total, CHUNK):
            rng = np.random.default_rng([20180824, at, len(name)])
            count = min(CHUNK, total - at)
            if name == "disclosure":
                own = _disclosures(rng, at, count, topics)
                parts = {"disclosure": own, "interpretation": _read_too(own)}
            else:
                parts = dict(zip(("document", "interpretation"), _documents(rng, at, count), strict=True))
            for part, frame in parts.items():
                table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
                if part not in writers:
                    writers[part] = pq.ParquetWriter(folder / f"{part}.parquet", table.schema, compression="zstd")
                writers[part].write_table(table, row_group_size=250_000)
    for writer in writers.values():
        writer.close()
    subjects = [f"对象{i:04d}" for i in range(500)]
    expected = (
        "environment.source_water",
        "environment.source_monitoring",
        "education.admission",
        "environment.polluter_disclosure",
    )
    pl.DataFrame(
        {
            "id": [f"{t}-{s}" for t in expected for s in subjects],
            "unit": "市第1局",
            "topic": [t for t in expected for _ in subjects],
            "subject": subjects * len(expected),
            "since": date(2015, 1, 1),
        }
    ).with_columns(until=pl.lit(None, dtype=pl.Date)).write_parquet(done)  # fmt: skip
    return folder

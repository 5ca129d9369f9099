"""What ledgers of rules about sets hold besides records of the rule: requests and publications, lists that renew, evidence, units."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import slow_calendar

from .world import ONE


class SetRows:
    """The part of the generator that makes them."""

    random: Random

    def written(self, value: Any) -> Any:
        """A value in one of the forms that clerks write."""
        raise NotImplementedError

    def _places(self, need: dict[str, Any], *, quiet: bool) -> Any:
        """Where something was published: mostly in one of two places."""
        r = self.random
        listed = ["政府门户网站", "平度政务网", "政府门户网站", "政务微信", *need["apart"][:2]]
        odd = [None, "详见附件", "某某发布平台", "厂区网站", "企业 网站", "无", f"政务微信；{need['apart'][0]}"]
        return r.choice(listed + ([] if quiet or r.random() < 0.5 else odd))

    def _entry(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row of a published table: mostly of the topic, its numbers in the forms that clerks write."""
        r = self.random
        forms = {
            "householder": ["王某", "李某", "王某", "合计", "小 计：", "城市低保合计", "A类小计", "共2户", "详见附件"],
            "amount": ["820元", "８２０元", "捌佰贰拾元", "拾元", "0元", "元", "详见附件"],
            "hotline": ["0532-8836-1234", "0532 8836 1234", "０５３２－８８３６１２３４", "0532", "公开栏"],
        }
        for name, words in forms.items():
            row[name] = r.choice([*words, None] if r.random() < 0.1 else words[:3])
        return row

    def _evidence(self, rule: dict[str, Any], row: dict[str, Any], as_of: date, *, quiet: bool) -> dict[str, Any]:
        r = self.random
        reviewed = as_of + r.choice([-400, -366, -365, -364, -30, -1, 0, 0, -1, -30, *([] if quiet else [1, 30])]) * ONE
        row |= {
            "clause": r.choice([rule["clause"]] * 6 + ([] if quiet else ["", "3.4", f" {rule['clause']}"])),
            "verdict": r.choice(["符合", "met", "不符合", *([] if quiet else ["待定", ""])]),
            "reviewer": r.choice(["王某", "李某"] if quiet else ["王某", "无", "", "附后"]),
            "reviewed_on": self.written(reviewed) if quiet or r.random() < 0.9 else "待定",
            "dated_on": r.choice(
                [None, self.written(reviewed - 3 * ONE), self.written(reviewed), self.written(reviewed + ONE)]
            ),
            "title": r.choice(["制度", None, "详见附件"] if not quiet else ["制度"]),
            "url": None,
            "unit": self._unit_of(rule, row),
            "valid_until": r.choice([None, None, self.written(as_of), self.written(as_of - ONE), self.written(as_of + ONE)]),
        }
        return row

    def asked(self, rule: dict[str, Any], tables: dict[str, list[dict[str, Any]]], as_of: date, *, quiet: bool) -> None:
        """What requests or meetings are about, and what was published of it about when it was due."""
        r = self.random
        need = rule["require"]["converted"]
        listed = need["of"] == "topics_decided"
        days = [date(2018, 9, d) for d in (3, 5, 10)] + [as_of]
        matters = ["校车补贴", "供热方案", "人事"] if listed else ["征地批复", "水库移民名册"]
        forms = ["{}", "{}", "{}。", "《{}》"] + ([] if quiet else ["关于{}的信息", "申请公开{}"])
        for row in tables[rule["on"]]:
            row[need["day"]] = self.written(r.choice(days) + r.choice([0, 0, 1]) * ONE)
            if listed:
                row["topics_decided"] = self.written(r.sample(matters, r.choice([0, 1, 1, 2])))
                row["unit"] = r.choice(["市政府办公室", "平度市人民政府", None, *([] if quiet else ["市环保局", "某某中心"])])
                row["kind"], row["state_secret"] = r.choice(["常务会议", "全体会议", "executive"]), r.choice(["否", None])
            else:
                row["subject"] = r.choice(forms).format(r.choice([matters[0], *matters]))
                row["publishable"] = "是"
            if not quiet and r.random() < 0.2:
                names = [need["of"], need["day"], "unit", "state_secret" if listed else "publishable"]
                row[r.choice(names)] = r.choice([None, "无", "详见附件", "2018-02-30"])
        if r.random() < 0.05:
            return
        tables["disclosure"] = []
        for i in range(r.choice([0, 1, 2, 3, 4])):
            day = slow_calendar.add(r.choice(days), 20) if r.random() < 0.7 else r.choice(days)
            matter = r.choice([*matters, "冬季供暖"])
            row = {
                "id": f"d{i}",
                "topic": r.choice(["会议议定事项"] * 3 + ["其他"] + ([] if quiet else ["食堂采购", None])),
                "subject": r.choice([*forms, "{}、其他", *([] if listed else ["某某\n{}"]), "某某事项"]).format(matter),
                "title": r.choice([None, "通知", *([f"市政府{matter}的决定", f"云山镇{matter}"] if listed else [matter] * 2)]),
                "published_on": self.written(day + r.choice([-1, 0, 0, 1]) * ONE),
                "attribute": r.choice(["主动公开", None] * 2 + ["不予公开"] + ([] if quiet else ["内部掌握"])),
            }
            if not quiet and r.random() < 0.25:
                row[r.choice(["subject", "published_on"])] = r.choice([None, "无", "详见附件", "8/9/2018"])
            tables["disclosure"].append(row)

    def renewals(self, rule: dict[str, Any], days: list[date]) -> tuple[dict[str, list[dict[str, Any]]], date]:
        """Lists of two subjects that follow one another, with a gap or without, and the roster."""
        r = self.random
        as_of = r.choice(days)
        quiet = r.random() < 0.5
        topic = rule["when"]["topic"]
        rows = []
        end = as_of - r.choice([10, 100]) * ONE
        for i in range(r.choice([1, 2, 3, 4])):
            first = end + r.choice([-1, 0, 1, 1, 1, 2]) * ONE
            last = first + r.choice([-1, 0, 0, 5, 5, 30, 30]) * ONE
            row: dict[str, Any] = {
                "id": f"r{i}",
                "topic": topic if quiet or r.random() < 0.8 else r.choice(["某某专栏", "其他", None]),
                "subject": r.choice(["甲", "甲", "甲 ", "乙"] if quiet else ["甲", "甲", "甲；乙", "全市", "详见附件", None]),
                "level": r.choice(["村级", "village"] if quiet else ["村级", "镇级", None]),
                "attribute": r.choice(["主动公开", None] if quiet else ["主动公开", "不予公开", "内部掌握"]),
                "elements": "户主姓名",
                "published_on": self.written(first),
            }
            end = max(end, last)
            row["posted_until"] = r.choice([None, self.written(last), self.written(last), self.written(as_of)])
            if not quiet and r.random() < 0.2:
                name = r.choice(["published_on", "posted_until", "effective_at"])
                row[name] = r.choice(["8/9/2018", "待定", *(["未公开"] if name != "posted_until" else [])])
            rows.append(row)
        ends = [None, end, end + ONE, end - ONE, date(2019, 12, 31)]
        roster = [
            {"id": f"n{n}", "topic": topic, "subject": name, "until": r.choice(ends)} for n, name in enumerate(["甲", "乙"])
        ]
        for listed in roster:
            listed["until"] = listed["until"] and self.written(listed["until"])
            if not quiet and r.random() < 0.15:
                listed[r.choice(["until", "topic", "since"])] = r.choice([None, "8/9/2018", "某某名单"])
        return {rule["on"]: rows, "roster": roster[: r.choice([0, 1, 2, 2])]}, as_of

    def _unit_of(self, rule: dict[str, Any], row: dict[str, Any]) -> Any:
        """Whose evidence it is: where each unit needs its own, mostly of two of them, of both together, or of nobody."""
        each = rule["require"]["evidence"].get("each_unit")
        if not each:
            return row["unit"]
        first, second = each[:2] if isinstance(each, list) else ("市环保局", "平度市财政局")
        return self.random.choice([first, first, second, f"{first}；{second}", f"{second}、{first}", "某某中心", None])

    def units(self, rule: dict[str, Any]) -> list[dict[str, Any]] | None:
        """The table of units, where a rule about evidence may look at it."""
        r = self.random
        if rule["on"] != "evidence" or r.random() < 0.3:
            return None
        names = r.sample(["平度市环保局", "市财政局", "市民政局", "市财政局；市民政局", None], r.choice([0, 1, 2, 3]))
        years = [2018, 2018, "2018年", 2017, None, "去年"]
        return [{"id": f"u{i}", "unit": name, "year": r.choice(years)} for i, name in enumerate(names)]

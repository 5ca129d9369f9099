"use strict";
// Everything that is shown is set as text, never as HTML: what a ledger or a document holds stays text.
const WORDS = {
  zh: {
    skip: "跳到结果", heading: "政务公开检查", what: "检查什么", document: "一份要公布的文件", ledger: "一份台账", file: "选择文件，或拖到这里",
    attachments: "一起公布的附件（可不选）", attribute: "登记的公开属性", unknown: "未填", is_policy: "是否政策性文件", yes: "是", no: "否",
    reviewed_on: "保密审查日期", review_result: "审查结果", reviewer: "审查人", pack: "规则包", token: "访问令牌", go: "检查", text: "正文（个人信息已遮盖）",
    formats_preflight: "可以是 .docx .pdf .ofd .html .txt", formats_check: "可以是 .xlsx .csv .json .parquet", as_of_preflight: "拟公布日期", as_of_check: "检查日（当日终了）",
    working: "正在检查…", done: "检查完了", blocked: "不能公布：有{n}个问题", clear: "没有阻止公布的问题", review: "还不能公布：有待定事项，须由人看过", blocking: "不能公布", warnings: "警告", advice: "提示",
    upcoming: "公布之后到期", lacking: "无法判断", fixed: "下载改好的副本", marked: "下载标注后的台账", notes: "没有检查的内容", title: "标题", number: "文号",
    signed_on: "成文日期", published_on: "公布日期", violations: "{n}项违规", none: "没有发现违规", rows: "读入{read}行，检查{checked}行，未能使用{rejected}行",
    rule: "规则", unit: "单位", place: "位置", row: "{place} 第{row}行", message: "问题", remedy: "怎么办", rejected: "未能使用的行", insert: "建议在此补标注", failed: "没有成功", more: "只显示前{n}项，其余见下载的台账",
    why: "怎么算的", questions: "先回答这几个问题", confirm: "是，“{heading}”就是“{field}”", offline: "连不上服务", table: "违规表",
    ledger_unit: "整本台账是哪个单位的（表里写了责任单位的以表为准，可不填）", template: "下载空白台账模板", map_file: "表头对照（台账.map.yaml，可不选）", mapping: "下载表头对照", open_headings: "没有用到的表头", read_headings: "按别的写法读的表头",
    is_it: "“{heading}”{place}是不是“{field}”？", which: "“{heading}”{place}是哪一列？", read_as: "“{heading}”{place}", not_now: "先不用", never: "不用，也不再问", as_read: "{field}（现在的读法）",
    second: "与另一列同为{field}", of_table: "（“{table}”表有这一列）", recheck: "按以上回答再检查",
  },
  en: {
    skip: "Skip to the result", heading: "Openness check", what: "What to check", document: "a document to be published", ledger: "a ledger", file: "Choose a file, or drop it here",
    attachments: "Attachments published with it (optional)", attribute: "Recorded disclosure attribute", unknown: "not given", is_policy: "Policy document", yes: "yes", no: "no",
    reviewed_on: "Secrecy review on", review_result: "Result of the review", reviewer: "Reviewer", pack: "Rules", token: "Access token", go: "Check", text: "Text (personal data masked)",
    formats_preflight: ".docx .pdf .ofd .html .txt", formats_check: ".xlsx .csv .json .parquet", as_of_preflight: "To be published on", as_of_check: "Checked at the end of",
    working: "Checking…", done: "Checked", blocked: "Must not be published; problems: {n}", clear: "Nothing blocks publication", review: "Not cleared yet: a person must settle what is open", blocking: "Blocks publication", warnings: "Warnings",
    advice: "Advice", upcoming: "Due after publication", lacking: "Cannot be told", fixed: "Download the fixed copy", marked: "Download the marked ledger", notes: "Not checked", title: "Title",
    number: "Number", signed_on: "Signed", published_on: "Published", violations: "Violations: {n}", none: "No violation found", rows: "{read} rows read, {checked} checked, {rejected} rejected",
    rule: "Rule", unit: "Unit", place: "Place", row: "{place} row {row}", message: "Problem", remedy: "What to do", rejected: "Rejected rows", insert: "a label belongs here", failed: "Not done",
    more: "The first {n} are shown, the rest are in the marked ledger", why: "How it was worked out", questions: "Answer these questions first", confirm: "Yes, “{heading}” is “{field}”", offline: "The service cannot be reached", table: "Table of violations",
    ledger_unit: "Unit whose ledger this is (for rows that name none; optional)", template: "Download an empty ledger", map_file: "Mapping of headings (ledger.map.yaml, optional)", mapping: "Download the mapping of headings", open_headings: "Headings that are not used",
    read_headings: "Headings read under another name", is_it: "Is “{heading}”{place} the column “{field}”?", which: "Which column is “{heading}”{place}?", read_as: "“{heading}”{place}", not_now: "not used for now",
    never: "not used, do not ask again", as_read: "{field} (as it is read now)", second: "another column is {field}, too", of_table: " (a column of the table “{table}”)", recheck: "Check again with these answers",
  },
};
const $ = (id) => document.getElementById(id);
const SHOWN = 300;
let headings = {};  // what the user has said of the ledger's headings
let tables = null;  // the tables and their fields, once they are needed
let lang = navigator.language.startsWith("zh") ? "zh" : "en";
if (new URLSearchParams(location.search).has("lang")) lang = new URLSearchParams(location.search).get("lang") === "en" ? "en" : "zh";
let last = null;

function say(name, facts = {}) {
  return Object.entries(facts).reduce((text, [key, value]) => text.replace(`{${key}}`, () => value), WORDS[lang][name]);
}
function labelled(label, text) { return lang === "zh" ? `${label}：${text}` : `${label}: ${text}`; }
function counted(name, count) { return lang === "zh" ? `${say(name)}（${count}）` : `${say(name)} (${count})`; }
function job() { return document.querySelector("input[name=job]:checked").value; }
function paint() {
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = say(element.dataset.t);
  $("lang").textContent = lang === "zh" ? "English" : "中文";
  $("lang").lang = lang === "zh" ? "en" : "zh-CN";
  $("formats").textContent = say(`formats_${job()}`);
  $("as_of_label").textContent = say(`as_of_${job()}`);
  $("more").hidden = job() === "check";
  $("ledger_more").hidden = job() !== "check";
  if (last) show(last);
}
function headers() {
  return $("token").value ? { Authorization: `Bearer ${$("token").value}` } : {};
}
function form(extra = {}) {
  const data = new FormData();
  data.append("file", $("file").files[0]);
  if (job() === "check") for (const file of $("map").files) data.append("file", file);
  const values = { as_of: $("as_of").value, pack: $("pack").value, ...extra };
  if (job() === "check" && $("ledger_unit").value.trim()) values.ledger_unit = $("ledger_unit").value.trim();
  for (const [name, value] of Object.entries(values)) data.append(name, value);
  return data;
}
function record() {
  const found = {};
  for (const name of ["attribute", "is_policy", "reviewed_on", "review_result", "reviewer"]) if ($(name).value) found[name] = $(name).value;
  return JSON.stringify(found);
}
async function send(path, data) {
  let answer;
  try {
    answer = await fetch(path, { method: data ? "POST" : "GET", body: data, headers: headers() });
  } catch {
    throw new Error(say("offline"));
  }
  if (answer.ok) return answer;
  if (answer.status === 401) $("token_field").hidden = false;
  const problem = await answer.json().catch(() => ({ title: say("failed"), detail: String(answer.status) }));
  throw new Error(labelled(problem.title, problem.detail) + (problem.request_id ? ` [${problem.request_id}]` : ""));
}
async function check(event) {
  event.preventDefault();
  if (!$("file").files.length) { $("file").focus(); return; }
  $("error").textContent = "";
  $("result").hidden = true;
  $("status").textContent = say("working");
  $("go").disabled = true;
  try {
    const kind = job();
    let answer;
    if (kind === "preflight") {
      const data = form({ record: record() });
      for (const file of $("attachments").files) data.append("attachments", file);
      answer = await send("/v1/preflight", data);
    } else {
      answer = await send("/v1/check", form({ format: "json", headings: JSON.stringify(headings) }));
      tables = tables || await (await send("/v1/tables")).json();
    }
    last = { kind, found: await answer.json() };
    show(last);
    $("status").textContent = say("done");
    $("result").focus();
  } catch (error) {
    $("status").textContent = "";
    $("error").textContent = error.message;
  } finally {
    $("go").disabled = false;
  }
}
async function download(path, data, name) {
  try {
    const blob = await (await send(path, data)).blob();
    const link = make("a", "", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  } catch (error) {
    $("error").textContent = error.message;
  }
}
function action(name, path, data, file) {
  const button = make("button", say(name), { type: "button" });
  button.addEventListener("click", () => download(path, data(), file));
  $("actions").append(button);
}
function show({ kind, found }) {
  for (const id of ["facts", "actions", "groups", "text"]) $(id).replaceChildren();
  $("result").hidden = false;
  $("text_section").hidden = kind !== "preflight";
  kind === "preflight" ? showDocument(found) : showLedger(found);
  for (const id of ["facts", "groups"]) keepTogether($(id));
}
function finding(f, group) {
  const box = make("article", "", { class: `finding ${group}` });
  box.append(make("p", `${f.rule} · ${f.clause}`, { class: "rule" }), make("p", f.message[lang]), make("p", f.remedy[lang], { class: "remedy" }));
  if (f.explanation && f.explanation.length) {
    const details = make("details");
    details.append(make("summary", say("why")));
    for (const step of f.explanation) details.append(make("p", typeof step === "string" ? step : step[lang]));
    box.append(details);
  }
  return box;
}
function showDocument(found) {
  $("result_title").textContent = found.blocking.length
    ? say("blocked", { n: found.blocking.length }) : say(found.publishable ? "clear" : "review");
  for (const name of ["title", "number", "signed_on", "published_on", "attribute"]) {
    if (found.facts[name]) $("facts").append(make("li", labelled(say(name), found.facts[name])));
  }
  for (const [key, name] of [["blocking", "blocking"], ["warnings", "warnings"], ["advice", "advice"], ["upcoming", "upcoming"], ["unknown", "lacking"]]) {
    if (!found[key].length) continue;
    $("groups").append(make("h3", counted(name, found[key].length)));
    for (const f of found[key]) $("groups").append(finding(f, key));
  }
  if (found.notes.length) {
    $("groups").append(make("h3", say("notes")));
    for (const note of found.notes) $("groups").append(make("p", note[lang]));
  }
  const chars = Array.from(found.text);  // positions count characters, not the halves of which JavaScript makes rare ones
  let at = 0;
  for (const fix of found.fixes.filter((f) => f.field === "text")) {
    $("text").append(chars.slice(at, fix.start).join(""));
    const mark = make("mark", fix.action === "mask" ? fix.replacement : `〔${labelled(say("insert"), fix.replacement.trim())}〕`, { class: fix.action, title: fix.rule });
    $("text").append(mark);
    at = fix.end;
  }
  $("text").append(chars.slice(at).join(""));
  const file = $("file").files[0];
  if (found.fixes.length && file && /\.(docx|html?|txt)$/i.test(file.name)) {
    const label = found.fixes.some((f) => f.action === "insert");
    const name = file.name.replace(/(\.[^.]*)?$/, ".已处理$1");
    action("fixed", "/v1/fix", () => {
      const data = new FormData();
      data.append("file", file);
      if (label) data.append("attribute", $("attribute").value);
      return data;
    }, name);
  }
}
function showLedger(found) {
  const violations = found.findings.filter((f) => f.outcome === "violation");
  $("result_title").textContent = violations.length ? say("violations", { n: violations.length }) : say("none");
  $("facts").append(make("li", say("rows", found.rows)));
  action("marked", "/v1/check", () => form({ format: "xlsx", lang, headings: JSON.stringify(headings) }), "检查结果.xlsx");
  if (found.questions.length) {
    $("groups").append(make("h3", say("questions")));
    const list = make("ol");
    for (const question of found.questions) {
      const item = make("li", question.text[lang]);
      for (const near of question.likely) {
        const button = make("button", say("confirm", { heading: near.heading, field: near.label[lang] }), { type: "button" });
        button.addEventListener("click", () => { headings[headingKey(near, found.headings)] = near.label.zh; $("go").click(); });
        item.append(" ", button);
      }
      list.append(item);
    }
    $("groups").append(list);
  }
  showHeadings(found.headings);
  if (found.rejected.length) {
    $("groups").append(make("h3", counted("rejected", found.rejected.length)));
    const list = make("ul");
    for (const row of found.rejected.slice(0, SHOWN)) list.append(make("li", labelled(say("row", { place: row.source.sheet || row.source.file || "", row: row.source.row }), row.message[lang])));
    $("groups").append(list);
  }
  if (violations.length) {
    const wide = make("div", "", { class: "wide", tabindex: "0", role: "region", "aria-label": say("table") });
    const table = make("table");
    const head = make("tr");
    for (const name of ["rule", "unit", "place", "message", "remedy"]) head.append(make("th", say(name), { scope: "col" }));
    table.append(make("thead"), make("tbody"));
    table.tHead.append(head);
    for (const f of violations.slice(0, SHOWN)) {
      const row = make("tr");
      const place = [f.source.sheet || f.source.file, f.source.row, f.record_id].filter((p) => p !== null && p !== undefined).join(" ");
      row.append(make("th", f.rule, { scope: "row" }));
      for (const cell of [f.unit || "", place, f.message[lang], f.remedy[lang]]) row.append(make("td", cell));
      table.tBodies[0].append(row);
    }
    wide.append(table);
    $("groups").append(wide);
    if (violations.length > SHOWN) $("groups").append(make("p", say("more", { n: SHOWN })));
  }
}
function headingKey(heading, all) {
  const sheets = new Set(all.filter((h) => h.heading === heading.heading).map((h) => h.sheet));
  return heading.sheet && sheets.size > 1 ? `${heading.sheet}!${heading.heading}` : heading.heading;
}
function fieldLabel(table, name) {  // a field of another table is named with its table
  const [owner, own] = name.includes(".") ? name.split(".") : [table, name];
  return tables.find((t) => t.name === owner).fields.find((f) => f.name === own).label[lang];
}
function option(value, text) { return make("option", text, { value }); }
function headingRow(heading, all) {
  const key = headingKey(heading, all);
  const table = tables.find((t) => t.name === heading.table);
  const named = heading.fields.map((name) => fieldLabel(heading.table, name)).join(lang === "zh" ? "、" : ", ");
  const place = heading.sheet ? (lang === "zh" ? `（${heading.sheet}）` : ` (${heading.sheet})`) : "";
  const kind = heading.status === "proposed" ? "is_it" : heading.status === "unknown" ? "which" : "read_as";
  let text = say(kind, { heading: heading.heading, place, field: named });
  const other = tables.find((t) => t.name === heading.other);
  if (other) text += say("of_table", { table: other.label[lang] });
  const select = make("select");
  const asRead = heading.how && heading.how !== "map" && named;
  select.append(option("", asRead ? say("as_read", { field: named }) : heading.status === "second" ? say("second", { field: named }) : say("not_now")));
  select.append(option("-", say("never")));
  const likely = heading.status === "proposed" ? heading.fields : [];
  const fields = [...table.fields.filter((f) => likely.includes(f.name)), ...table.fields.filter((f) => !likely.includes(f.name))];
  for (const field of fields) select.append(option(field.label.zh, field.label[lang]));
  const mapped = heading.how === "map" ? table.fields.find((f) => f.name === heading.fields[0]) : null;
  select.value = headings[key] || (mapped ? mapped.label.zh : heading.status === "not_used" ? "-" : "");
  select.addEventListener("change", () => { if (select.value) headings[key] = select.value; else delete headings[key]; });
  const label = make("label", `${text} `);
  label.append(select);
  const item = make("li");
  item.append(label);
  return item;
}
// Every heading that was not read by its own name: what is open first, then what was read, so that a wrong reading can be put right.
function showHeadings(all) {
  const open = all.filter((h) => h.status === "proposed").concat(all.filter((h) => h.status === "unknown"));
  const read = all.filter((h) => h.how !== "name" && !["proposed", "unknown"].includes(h.status));
  if (!open.length && !read.length) return;
  const box = make("section", "", { id: "headings" });
  for (const [name, group] of [["open_headings", open], ["read_headings", read]]) {
    if (!group.length) continue;
    const part = make("details");
    part.open = group.some((h) => h.status === "proposed");
    part.append(make("summary", counted(name, group.length)), make("ul"));
    for (const heading of group.slice(0, SHOWN)) part.lastChild.append(headingRow(heading, all));
    box.append(part);
  }
  const again = make("button", say("recheck"), { type: "button" });
  again.addEventListener("click", () => $("go").click());
  box.append(again);
  $("groups").append(box);
  const stem = $("file").files[0].name.replace(/\.[^.]*$/, "");
  action("mapping", "/v1/check", () => form({ format: "map", headings: JSON.stringify(headings) }), `${stem}.map.yaml`);
}
async function start() {
  $("as_of").value = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10);
  const health = await (await fetch("/healthz")).json();
  for (const id of health.packs) $("pack").append(make("option", id));
  $("form").addEventListener("submit", check);
  $("file").addEventListener("change", () => { headings = {}; });
  $("template").addEventListener("click", () => download(`/v1/template?pack=${encodeURIComponent($("pack").value)}`, null, "台账模板.xlsx"));
  $("lang").addEventListener("click", () => { lang = lang === "zh" ? "en" : "zh"; paint(); });
  for (const radio of document.querySelectorAll("input[name=job]")) radio.addEventListener("change", () => { last = null; $("result").hidden = true; paint(); });
  for (const [event, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    $("drop").addEventListener(event, (e) => {
      e.preventDefault();
      $("drop").classList.toggle("over", over);
      if (event !== "drop" || !e.dataTransfer.files.length) return;
      $("file").files = e.dataTransfer.files;
      headings = {};
    });
  }
  paint();
}
start();

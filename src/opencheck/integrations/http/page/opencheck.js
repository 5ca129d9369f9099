"use strict";
// The check in the page of any editor: <script src="https://…/opencheck.js" data-form="#form" data-body="#body"></script>; see docs/cms.md.
// What a document or the service says is shown as text, never as HTML. The editor's content is changed only where the editor clicks.
(() => {
const WORDS = {
  zh: {
    title: "政务公开检查", checking: "正在检查…", yes: "可以公布", no: "不能公布", needs_review: "还有待定事项，须由人看过才能公布", unchecked: "没有检查成",
    blocking: "不能公布", warnings: "警告", unknown: "待定事项", advice: "提示", upcoming: "公布之后到期", notes: "由人核对", show: "看这一处", mask: "遮盖", label: "补上标注",
    gone: "这一处已经改动，检查完再点", elsewhere: "在{part}里，请改好重新上传", nowhere: "正文里定位不到，请手工改",
    down: "连不上检查服务，这份内容没有检查过。", hold: "恢复之前不能提交；请稍后再试，或告诉管理员。", pass: "可以提交，但会记为“没有检查”，请按规定由人审查。",
    confirm: "以上事项已由人看过，可以公布", settings: "检查的设置不对：{what}", held: "没有提交。", fold: "收起", unfold: "展开", remedy: "→ ",
  },
  en: {
    title: "Openness check", checking: "Checking…", yes: "May be published", no: "Must not be published", needs_review: "Not settled: a person must look before publication", unchecked: "Not checked",
    blocking: "Blocks publication", warnings: "Warnings", unknown: "Not settled", advice: "Advice", upcoming: "Due after publication", notes: "For a person to settle", show: "Show", mask: "Mask", label: "Add the label",
    gone: "Changed meanwhile: click again after the next check", elsewhere: "In {part}: correct the file and upload it again", nowhere: "Not found in the text: correct it by hand",
    down: "The service cannot be reached; this content was not checked.", hold: "It cannot be submitted until the service is back: try again later, or tell whoever runs it.",
    pass: "It can be submitted and will be recorded as not checked; have a person review it.",
    confirm: "A person has looked at these points; it may be published", settings: "Wrong settings of the check: {what}", held: "Not submitted.", fold: "Fold", unfold: "Unfold", remedy: "→ ",
  },
};
const GROUPS = ["blocking", "unknown", "warnings", "advice", "upcoming"];
const BLANK = /[\s\u00ad\u200b-\u200f\u2060\ufeff]/u;
const MARKUP = /<\/?(p|div|br|span|table|h[1-6]|ul|ol|li|strong|b|a)\b[^<>]*>/iu;
const script = document.currentScript;
const options = script.dataset;
const base = new URL(options.service ? options.service.replace(/\/?$/, "/") : ".", options.service ? document.baseURI : script.src);
const lang = (options.lang || document.documentElement.lang || "zh").startsWith("zh") ? "zh" : "en";
const say = (name, facts = {}) => Object.entries(facts).reduce((text, [key, value]) => text.replace(`{${key}}`, () => value), WORDS[lang][name]);

/* shared.js */
function find(name) {
  const selector = options[name];
  if (!selector) return null;
  const found = document.querySelector(selector);
  if (!found) throw new Error(say("settings", { what: `data-${name}="${selector}"` }));
  return found;
}
function parsed(name) {
  try {
    return JSON.parse(options[name] || "{}");
  } catch {
    throw new Error(say("settings", { what: `data-${name}` }));
  }
}

// Surfaces: where the editor types. Each gives its content as HTML and its characters with their places.
function textSurface(element, isMarkup) {
  const source = () => isMarkup && MARKUP.test(element.value);
  return {
    html: () => (source() ? element.value : element.value.split("\n").map((line) => make("p", line).outerHTML).join("\n")),
    points: () => {
      const found = [];
      const pieces = source() ? /<[^>]*>|&#?\w+;|[\s\S]/gu : /[\s\S]/gu;
      for (const piece of element.value.matchAll(pieces)) {
        if (piece[0].length > 2 && piece[0].startsWith("<")) continue;
        const decoder = document.createElement("textarea");
        if (piece[0].length > 2) decoder.innerHTML = piece[0];
        found.push({ char: decoder.value || piece[0], element, at: piece.index, length: piece[0].length });
      }
      return found;
    },
    change: (write) => { write(); element.dispatchEvent(new Event("input", { bubbles: true })); },
    insert: (point, text) => {
      const after = point ? point.at + point.length : 0;
      const end = source() ? (element.value.slice(after).match(/^[^<]*(<\/\w+>)*/u) || [""])[0].length : 0;
      const added = source() ? make("p", text.trim()).outerHTML : point ? text : `${text.trim()}\n`;
      element.value = element.value.slice(0, after + end) + added + element.value.slice(after + end);
    },
  };
}
function richSurface(root, html, transact) {
  return {
    html,
    points: () => {
      const found = [];
      const walker = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        let at = 0;
        for (const char of node.data) {
          found.push({ char, node, at, length: char.length });
          at += char.length;
        }
      }
      return found;
    },
    change: (write) => { transact(write); root.dispatchEvent(new Event("input", { bubbles: true })); },
    insert: (point, text) => {
      let block = point ? point.node : null;
      while (block && block !== root && !(block.nodeType === 1 && /^(P|DIV|LI|H[1-6]|TABLE|SECTION|BLOCKQUOTE|PRE)$/u.test(block.tagName))) block = block.parentNode;
      while (block && block !== root && block.parentNode.closest("table, ul, ol") && root.contains(block.parentNode.closest("table, ul, ol"))) block = block.parentNode.closest("table, ul, ol");
      const paragraph = root.ownerDocument.createElement("p");
      paragraph.textContent = text.trim();
      if (block && block !== root) block.after(paragraph);
      else root.append(paragraph);
    },
  };
}
function bodySurface() {
  const element = find("body");
  if (!element) throw new Error(say("settings", { what: "data-body" }));
  const editor = window.tinymce && element.id ? window.tinymce.get(element.id) : null;
  if (editor && editor.initialized) {
    if (!watched.has(editor)) editor.on("input change undo redo SetContent", later);
    watched.add(editor);
    return richSurface(editor.getBody(), () => editor.getContent(), (write) => editor.undoManager.transact(write));
  }
  if (element.tagName === "IFRAME") {
    const root = element.contentDocument.body;
    if (!watched.has(root)) root.addEventListener("input", later);
    watched.add(root);
    return richSurface(root, () => root.innerHTML, (write) => write());
  }
  if ("value" in element) return textSurface(element, true);
  return richSurface(element, () => element.innerHTML, (write) => write());
}
// The surfaces by the field of the record that each fills: a fix says in which field it is.
function surfaces() {
  const title = find("title");
  return { ...(title ? { title: textSurface(title, false) } : {}), text: bodySurface() };
}

function fieldValue(selector) {
  const all = [...document.querySelectorAll(selector)];
  if (!all.length) throw new Error(say("settings", { what: `data-fields: ${selector}` }));
  const element = all.find((e) => e.checked) || all[0];
  if (element.tagName === "SELECT") return element.value ? element.selectedOptions[0].textContent.trim() : "";
  if (element.type === "checkbox") return element.checked ? "是" : "否";
  if (element.type === "radio") return element.checked ? (element.labels[0] ? element.labels[0].textContent.trim() : element.value) : "";
  return element.value;
}
function snapshot() {
  const record = parsed("record");
  for (const [name, selector] of Object.entries(parsed("fields"))) {
    const value = fieldValue(selector);
    if (value !== "") record[name] = value;
  }
  const title = find("title");
  if (title && title.value) record.title = title.value;
  record.text = bodySurface().html();
  const files = options.attachments ? [...document.querySelectorAll(options.attachments)].flatMap((input) => [...input.files]) : [];
  const key = JSON.stringify([record, files.map((f) => [f.name, f.size, f.lastModified])]);
  return { record, files, key };
}

// The check: one at a time; what was checked is not sent again.
let last = null;
let running = null;
async function ask(sent) {
  const data = new FormData();
  data.append("record", JSON.stringify(sent.record));
  if (options.table) data.append("table", options.table);
  if (options.pack) data.append("pack", options.pack);
  if (options.asOf) data.append("as_of", fieldValue(options.asOf));
  for (const file of sent.files) data.append("attachments", file);
  const headers = options.token ? { Authorization: `Bearer ${options.token}` } : {};
  const stop = AbortSignal.timeout(Number(options.timeout || 30) * 1000);
  let answer;
  let content;
  try {
    answer = await fetch(new URL("v1/preflight", base), { method: "POST", body: data, headers, signal: stop, credentials: "omit" });
    content = await answer.json();
  } catch {
    return { key: sent.key, clearance: "unchecked", down: true, problem: "" };
  }
  if (answer.ok && ["yes", "no", "needs_review"].includes(content.clearance)) return { key: sent.key, clearance: content.clearance, result: content };
  // 422, 413: the content cannot be used, which the editor can mend; anything else is the service's fault.
  return { key: sent.key, clearance: "unchecked", down: ![413, 415, 422].includes(answer.status), problem: String(content.detail || answer.status) };
}
async function check() {
  let sent;
  try {
    sent = snapshot();
  } catch (error) {
    running = null;
    last = { key: "", clearance: "unchecked", down: false, problem: error.message };
    render();
    return last;
  }
  if (last && last.key === sent.key && last.clearance !== "unchecked") {
    // The content is again what was checked last: the answer on its way is about a text that is gone.
    if (running) render();
    running = null;
    return last;
  }
  if (!running || running.key !== sent.key) {
    status(say("checking"));
    running = { key: sent.key, outcome: ask(sent) };
  }
  const own = running;
  const outcome = await own.outcome;
  if (running === own) {
    running = null;
    last = outcome;
    hand();
    render();
  }
  return outcome;
}
let timer = null;
function later() {
  clearTimeout(timer);
  timer = setTimeout(check, Number(options.idle || 1000));
}
const watched = new WeakSet();

// The form: what was found goes with it, and it is held where it must be.
const form = options.form ? document.querySelector(options.form) : script.closest("form") || document.querySelector("form");
let confirmed = "";
function handed(name, value) {
  if (!form) return;
  let field = form.querySelector(`input[name="${name}"]`);
  if (!field) form.append(field = make("input", "", { type: "hidden", name }));
  field.value = value;
}
function hand() {
  handed("opencheck_clearance", last ? last.clearance : "unchecked");
  handed("opencheck_confirmed", last && last.key && confirmed === last.key ? "yes" : "");
  const result = last && last.result;
  const findings = result ? GROUPS.flatMap((group) => result[group].map(({ rule, clause, message, remedy, due }) => ({ group, rule, clause, message, remedy, due }))) : [];
  const told = last ? { clearance: last.clearance, problem: last.problem || "" } : { clearance: "unchecked", problem: "" };
  handed("opencheck_result", JSON.stringify({ ...told, as_of: result ? result.as_of : null, findings, notes: result ? result.notes : [] }));
}
function mayGo(outcome) {
  if (outcome.clearance === "needs_review") return confirmed === outcome.key;
  return outcome.clearance === "yes" || Boolean(outcome.clearance === "unchecked" && outcome.down && options.onDown === "pass");
}
let busy = false;
let passing = false;
async function guard(go) {
  if (busy) return;
  busy = true;
  try {
    clearTimeout(timer);
    await new Promise((done) => setTimeout(done));  // a form that is still at its submit event ignores a second one
    let outcome = await check();
    for (let tries = 0; tries < 3 && outcome.key && outcome.key !== snapshot().key; tries += 1) outcome = await check();
    last = outcome;
    hand();
    render();
    if (mayGo(outcome) && (!outcome.key || outcome.key === snapshot().key)) {
      passing = true;
      go();
    } else {
      folded = false;
      render(say("held"));
      panel.focus();
    }
  } finally {
    passing = false;
    busy = false;
  }
}
function start() {
  document.body.append(host);
  for (const element of document.querySelectorAll("[data-opencheck-missing]")) element.hidden = true;
  for (const element of document.querySelectorAll("[data-opencheck-submit]")) element.disabled = false;
  if (!form) {
    last = { key: "", clearance: "unchecked", down: false, problem: say("settings", { what: `data-form="${options.form || ""}"` }) };
    render();
    return;
  }
  hand();
  const send = form.submit;
  form.addEventListener("submit", (event) => {
    const { submitter } = event;
    const publishes = !options.publish || !submitter || submitter.matches(options.publish);
    if (passing || !publishes) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    guard(() => form.requestSubmit(submitter));
  }, true);
  // Many pages call form.submit(), which raises no event.
  if (typeof send === "function") form.submit = () => (passing ? send.call(form) : guard(() => send.call(form)));
  for (const name of ["input", "change"]) document.addEventListener(name, (event) => { if (!host.contains(event.target)) later(); });
  later();
  if (window.tinymce) window.tinymce.on("AddEditor", (added) => added.editor.on("init", later));
}

// Places: each checked text, in which numbers are masked, is laid over what the editor holds now. A star stands for any one character.
function places({ facts, text }) {
  const checked = { title: facts.title || "", text };
  return Object.fromEntries(Object.entries(surfaces()).map(([field, surface]) => [field, placesOn(surface, checked[field])]));
}
function placesOn(surface, text) {
  const points = surface.points().map((point) => ({ ...point, surface }));
  const chars = Array.from(text);
  const found = new Array(chars.length).fill(null);
  const same = (i, j) => {
    for (let n = 0; n < 4 && i < chars.length; i += 1) {
      if (BLANK.test(chars[i])) continue;
      while (j < points.length && BLANK.test(points[j].char)) j += 1;
      if (j >= points.length || (chars[i] !== points[j].char && chars[i] !== "*")) return false;
      j += 1;
      n += 1;
    }
    return true;
  };
  let j = 0;
  for (let i = 0; i < chars.length; i += 1) {
    if (BLANK.test(chars[i])) {
      while (j < points.length && BLANK.test(points[j].char)) j += 1;
      continue;
    }
    if (chars[i] !== "*") while (j < points.length && BLANK.test(points[j].char)) j += 1;
    if (j < points.length && (chars[i] === "*" || chars[i] === points[j].char)) {
      found[i] = points[j];
      j += 1;
      continue;
    }
    // The reader adds characters (numbers of lists) or leaves some out: go on where both are the same again.
    const ahead = [...Array(200).keys()].find((n) => same(i, j + n));
    if (ahead !== undefined && j + ahead < points.length) {
      j += ahead;
      i -= 1;
    }
  }
  return found;
}
function pointsOf(fix, places) {
  const all = places[fix.field];
  if (fix.part || !all || !all.length) return null;
  if (fix.action === "insert") {
    const before = all.slice(0, fix.start).filter(Boolean).pop();
    return before ? [before] : null;
  }
  const hit = Array.from(fix.replacement).map((char, n) => ({ char, point: all[fix.start + n] })).filter(({ char }) => !BLANK.test(char));
  if (hit.some(({ char, point }) => !point || (char !== "*" && char !== point.char))) return null;
  if (!hit.some(({ char, point }) => char === "*" && point.char !== "*")) return null;
  return hit.map(({ char, point }) => ({ ...point, mask: char }));
}
function rangeOf(points) {
  const [first, end] = [points[0], points[points.length - 1]];
  const range = first.node.ownerDocument.createRange();
  range.setStart(first.node, first.at);
  range.setEnd(end.node, end.at + end.length);
  return range;
}
function showPlace(points) {
  const [first, end] = [points[0], points[points.length - 1]];
  if (first.element) {
    first.element.focus();
    first.element.setSelectionRange(first.at, end.at + end.length);
    return;
  }
  const view = first.node.ownerDocument.defaultView;
  first.node.parentElement.scrollIntoView({ block: "center" });
  view.focus();
  const selection = view.getSelection();
  selection.removeAllRanges();
  selection.addRange(rangeOf(points));
}
function apply(fix, points) {
  const { surface } = points[0];
  surface.change(() => {
    if (fix.action === "insert") {
      surface.insert(points[0], fix.replacement);
      return;
    }
    for (const point of [...points].reverse()) {
      if (point.element) point.element.value = point.element.value.slice(0, point.at) + point.mask + point.element.value.slice(point.at + point.length);
      else point.node.replaceData(point.at, point.length, point.mask);
    }
  });
  later();
}
const styled = new WeakSet();
function highlight(ranges) {
  for (const root of new Set([document, ...surfaceDocuments(), ...ranges.map((r) => r.startContainer.ownerDocument)])) {
    const view = root.defaultView;
    if (!view || !view.CSS || !view.CSS.highlights) continue;
    if (!styled.has(root)) {
      const sheet = new view.CSSStyleSheet();
      sheet.replaceSync("::highlight(opencheck) { background-color: #ffe08a; color: #000; text-decoration: underline wavy #b3141d; }");
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      styled.add(root);
    }
    view.CSS.highlights.set("opencheck", new view.Highlight(...ranges.filter((r) => r.startContainer.ownerDocument === root)));
  }
}
function surfaceDocuments() {
  return Object.values(surfaces()).flatMap((surface) => surface.points().slice(0, 1).filter((p) => p.node).map((p) => p.node.ownerDocument));
}

// The list beside the form; its styles and those of the page do not touch each other.
const host = document.createElement("div");
const shadow = host.attachShadow({ mode: "open" });
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  aside { position: fixed; right: 1rem; top: 1rem; width: 22rem; max-width: calc(100vw - 2rem); max-height: calc(100vh - 2rem); overflow: auto; box-sizing: border-box; z-index: 2147483000;
    background: #fff; color: #1c2430; border: 1px solid #6b7480; border-left: .4rem solid #6b7480; border-radius: .3rem; padding: .6rem .9rem; font: 15px/1.6 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; }
  aside.no, aside.unchecked { border-left-color: #b3141d; } aside.needs_review { border-left-color: #7a4b00; } aside.yes { border-left-color: #1d6b34; }
  header { display: flex; justify-content: space-between; gap: .5rem; } header button { flex: none; align-self: start; } h2 { font-size: 1rem; margin: 0; } h3 { font-size: .95rem; margin: .6rem 0 .2rem; }
  .whole-word { white-space: nowrap; } p { margin: .2rem 0; } ul { margin: 0; padding-left: 1.1rem; } li { margin: .3rem 0; } .rule { font-size: .85rem; color: #4a5361; }
  button { font: inherit; color: #0b57a4; background: #fff; border: 1px solid #0b57a4; border-radius: .25rem; padding: .1rem .5rem; margin: .1rem .3rem .1rem 0; cursor: pointer; }
  :focus-visible { outline: 3px solid #0b57a4; outline-offset: 1px; }
  @media (max-width: 59.99rem) { aside { left: 0; right: 0; top: auto; bottom: 0; width: auto; max-width: none; max-height: 45vh; } }`);
shadow.adoptedStyleSheets = [sheet];
// The page makes room for the list, at its side or on a narrow window (a phone) below, so that it covers no field for good.
const room = new CSSStyleSheet();
room.replaceSync(`@media (min-width: 60rem) { html { padding-right: 24rem !important; } }
  @media (max-width: 59.99rem) { html { padding-bottom: 47vh !important; } }`);
const panel = make("aside", "", { "aria-label": say("title"), tabindex: "-1", lang: lang === "zh" ? "zh-CN" : "en" });
shadow.append(panel);
let folded = false;

function status(text) {
  const line = panel.querySelector("[role=status]");
  if (line) line.textContent = text;
}
function fixItem(fix) {
  const item = make("li", `${fix.replacement.trim()} `);
  const button = (name, act) => {
    const element = make("button", say(name), { type: "button" });
    element.addEventListener("click", () => {
      const now = pointsOf(fix, places(last.result));
      if (now) act(now);
      else status(say("gone"));
    });
    item.append(element);
  };
  if (fix.part) item.append(make("span", say("elsewhere", { part: fix.part })));
  else if (!fix.points) item.append(make("span", say("nowhere")));
  else {
    button("show", showPlace);
    if (options.fixes !== "off") button(fix.action === "insert" ? "label" : "mask", (now) => apply(fix, now));
  }
  return item;
}
function findingItem(finding, fixes) {
  const item = make("li");
  item.append(make("p", `${finding.rule} · ${finding.clause}`, { class: "rule" }), make("p", finding.message[lang]), make("p", say("remedy") + finding.remedy[lang]));
  if (fixes.length) item.append(make("ul"));
  for (const fix of fixes) item.lastChild.append(fixItem(fix));
  return item;
}
function listed(name, items) {
  if (!items.length) return;
  const list = make("ul");
  list.append(...items);
  panel.append(make("h3", lang === "zh" ? `${say(name)}（${items.length}）` : `${say(name)} (${items.length})`), list);
}
function render(note = "") {
  const { clearance, result, problem, down, key } = last;
  panel.className = clearance;
  document.adoptedStyleSheets = [...document.adoptedStyleSheets.filter((s) => s !== room), ...(folded ? [] : [room])];
  const head = make("header");
  const fold = make("button", say(folded ? "unfold" : "fold"), { type: "button", "aria-expanded": String(!folded) });
  fold.addEventListener("click", () => { folded = !folded; render(); });
  head.append(make("h2", `${say("title")}${lang === "zh" ? "：" : ": "}${say(clearance)}`), fold);
  panel.replaceChildren(head, make("p", note, { role: "status" }));
  if (clearance === "unchecked") {
    if (down) panel.append(make("p", say("down")), make("p", say(options.onDown === "pass" ? "pass" : "hold"), { class: "policy" }));
    if (problem) panel.append(make("p", problem));
    return;
  }
  const all = places(result);
  const fixes = result.fixes.map((fix) => ({ ...fix, points: pointsOf(fix, all) }));
  highlight(fixes.filter((f) => f.action === "mask" && f.points && f.points[0].node).map((f) => rangeOf(f.points)));
  if (folded) return;
  if (clearance === "needs_review") {
    const label = make("label", ` ${say("confirm")}`);
    const box = make("input", "", { type: "checkbox" });
    box.checked = confirmed === key;
    box.addEventListener("change", () => { confirmed = box.checked ? key : ""; hand(); });
    label.prepend(box);
    panel.append(label);
  }
  for (const group of GROUPS) listed(group, result[group].map((f) => findingItem(f, group === "upcoming" || group === "unknown" ? [] : fixes.filter((x) => x.rule === f.rule))));
  listed("notes", result.notes.map((n) => make("li", n[lang])));
  keepTogether(panel);
}
window.opencheck = { check };
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
})();

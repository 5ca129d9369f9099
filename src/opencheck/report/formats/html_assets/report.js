(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("data").textContent);
  var L = data.labels, STEP = 100, PRINTED = 500, MAIN = 25;
  var ID = 0, OUTCOME = 1, SEVERITY = 2, RULE = 3, UNIT = 4, TASK = 5, ABOUT = 6, MESSAGE = 7, REMEDY = 8, START = 9, DUE = 10, ACTUAL = 11, LATE = 12, PLACE = 13, STEPS = 14, FLAGS = 15;
  var shown = 0, found = data.rows;

  function el(name, className, text) {
    var node = document.createElement(name);
    if (className) node.className = className;
    if (text !== undefined) write(node, text);
    return node;
  }
  // Browsers break a line after a hyphen: a date, a period and the name of a rule stay in one piece.
  var JOINED = /(^|[^0-9A-Za-z-])([0-9A-Za-z]{1,6}(?:-[0-9QHWD][0-9A-Za-z.]{0,4}){1,2})(?![0-9A-Za-z-])/g;
  function write(node, text) {
    var at = 0, found;
    JOINED.lastIndex = 0;
    while ((found = JOINED.exec(text)) !== null) {
      var word = document.createElement("span");
      word.className = "whole-word"; word.textContent = found[2];
      node.appendChild(document.createTextNode(text.slice(at, JOINED.lastIndex - found[2].length)));
      node.appendChild(word);
      at = JOINED.lastIndex;
    }
    node.appendChild(document.createTextNode(text.slice(at)));
  }
  function svg(name, attributes, text) {
    var node = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.keys(attributes).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    if (text !== undefined) node.textContent = text;
    return node;
  }

  // Theme: the system's, until a person chooses.
  var root = document.documentElement, kept = null;
  try { kept = localStorage.getItem("opencheck-theme"); } catch (e) { kept = null; }
  var dark = kept ? kept === "dark" : !!(window.matchMedia && window.matchMedia("(prefers-color-scheme: dark)").matches);
  function paint() { root.setAttribute("data-theme", dark ? "dark" : "light"); }
  paint();
  document.getElementById("theme").addEventListener("click", function () {
    dark = !dark; paint();
    try { localStorage.setItem("opencheck-theme", dark ? "dark" : "light"); } catch (e) { /* a file share may keep nothing */ }
  });
  document.getElementById("print").addEventListener("click", function () { window.print(); });
  document.getElementById("print-all").addEventListener("click", function () { document.body.classList.add("appendix"); window.print(); });

  // Filters.
  var form = document.getElementById("filters"), inputs = {};
  function choice(name, label, options) {
    var box = el("label", "", label), select = el("select");
    select.appendChild(new Option(L.all, ""));
    options.forEach(function (o) { select.appendChild(new Option(o[1], o[0])); });
    select.addEventListener("change", apply);
    box.appendChild(select); form.appendChild(box); inputs[name] = select;
  }
  function distinct(column, named) {
    var seen = {}, list = [];
    data.rows.forEach(function (row) { var v = row[column]; if (v !== "" && !seen["k" + v]) { seen["k" + v] = true; list.push([String(v), named(v)]); } });
    return list.sort(function (a, b) { return a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0; });
  }
  function text(n) { return data.texts[n]; }
  var taskNames = {};
  data.tasks.forEach(function (t) { taskNames[t[0]] = t[1]; });
  choice("outcome", L.outcome, distinct(OUTCOME, function (v) { return data.outcomes[v]; }));
  choice("severity", L.severity, ["error", "warning", "advice"].map(function (s) { return [s, data.severities[s]]; }));
  choice("unit", L.unit, distinct(UNIT, text));
  choice("task", L.clause, data.tasks.filter(function (t) { return data.rows.some(function (r) { return r[TASK] === t[0]; }); }));
  var searchBox = el("label", "", L.search), search = el("input");
  search.type = "search"; searchBox.appendChild(search); form.appendChild(searchBox); inputs.search = search;
  var timer = null;
  search.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(apply, 150); });
  var clear = el("button", "", L.clear);
  clear.type = "button"; form.appendChild(clear);
  clear.addEventListener("click", function () { Object.keys(inputs).forEach(function (k) { inputs[k].value = ""; }); apply(); });
  form.addEventListener("submit", function (event) { event.preventDefault(); apply(); });

  var haystacks = null;
  function haystack(at) {
    if (!haystacks) haystacks = new Array(data.rows.length);
    if (haystacks[at] === undefined) {
      var r = data.rows[at];
      haystacks[at] = [r[ID], text(r[RULE]), text(r[UNIT]), r[ABOUT], r[MESSAGE], r[PLACE]].join(" ").toLowerCase();
    }
    return haystacks[at];
  }
  function apply() {
    var outcome = inputs.outcome.value, severity = inputs.severity.value, unit = inputs.unit.value, task = inputs.task.value;
    var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = data.rows.filter(function (r, at) {
      return (!outcome || r[OUTCOME] === outcome) && (!severity || r[SEVERITY] === severity) && (!unit || String(r[UNIT]) === unit) &&
        (!task || r[TASK] === task) && words.every(function (w) { return haystack(at).indexOf(w) >= 0; });
    });
    list.textContent = ""; shown = 0; more(STEP);
  }

  // The list: elements are made of what is looked at only.
  var list = document.getElementById("list"), button = document.getElementById("more"), count = document.getElementById("count");
  function more(number) {
    var part = document.createDocumentFragment();
    found.slice(shown, shown + number).forEach(function (row) { part.appendChild(finding(row)); });
    list.appendChild(part);
    shown = Math.min(found.length, shown + number);
    button.hidden = shown >= found.length;
    tell();
  }
  function tell() { count.textContent = L.shown.replace("{shown}", shown).replace("{found}", found.length).replace("{all}", data.rows.length); }
  button.addEventListener("click", function () { more(STEP); });
  function finding(row) {
    var box = el("details", "finding " + row[SEVERITY]), head = el("summary"), line = el("div", "line");
    box.id = "f-" + row[ID];
    line.appendChild(el("span", "tag " + (row[SEVERITY] || row[OUTCOME]), row[SEVERITY] ? data.severities[row[SEVERITY]] : data.outcomes[row[OUTCOME]]));
    row[FLAGS].forEach(function (flag) { line.appendChild(el("span", "tag", L[flag])); });
    line.appendChild(el("span", "rule", text(row[RULE])));
    line.appendChild(el("span", "", text(row[UNIT])));
    line.appendChild(el("span", "about", row[ABOUT]));
    head.appendChild(line);
    head.appendChild(el("p", "text", row[MESSAGE]));
    head.appendChild(el("p", "text on-paper", "→ " + text(row[REMEDY]))); // on the screen it is unfolded
    box.appendChild(head);
    box.addEventListener("toggle", function () { if (box.open && !box.querySelector(".more")) box.appendChild(derivation(row)); });
    return box;
  }
  function derivation(row) {
    var box = el("div", "more"), facts = el("dl"), steps = el("ol");
    [[L.remedy, text(row[REMEDY])], [L.start, row[START]], [L.due, row[DUE]], [L.actual, row[ACTUAL]], [L.late, row[LATE]], [L.place, row[PLACE]]].forEach(function (fact) {
      if (fact[1]) { facts.appendChild(el("dt", "", fact[0])); facts.appendChild(el("dd", "", fact[1])); }
    });
    box.appendChild(facts);
    var line = timeline(row);
    if (line) box.appendChild(line);
    box.appendChild(el("b", "", L.derivation));
    row[STEPS].forEach(function (n) { steps.appendChild(el("li", "", text(n))); });
    box.appendChild(steps);
    return box;
  }

  // The time line: a box a day, days off shaded; on long spans only the marks.
  var DAY = 86400000;
  function day(text) { return text ? Math.round(Date.parse(text + "T00:00:00Z") / DAY) : null; }
  function iso(number) { return new Date(number * DAY).toISOString().slice(0, 10); }
  function off(number) {
    var when = new Date(number * DAY), year = data.off[String(when.getUTCFullYear())];
    return year ? year.charAt(number - Math.round(Date.UTC(when.getUTCFullYear(), 0, 1) / DAY)) : "?";
  }
  function timeline(row) {
    var marks = [["start", day(row[START]), L.start], ["due", day(row[DUE]), L.due], ["actual", day(row[ACTUAL]), L.actual]].filter(function (m) { return m[1] !== null; });
    if (marks.length < 2 && !(marks.length && row[OUTCOME] === "violation")) return null;
    if (!row[ACTUAL]) marks.push(["actual", day(data.asOf), L.as_of]);
    var days = marks.map(function (m) { return m[1]; }), first = Math.min.apply(null, days), last = Math.max.apply(null, days), span = last - first;
    var width = 900, left = 60, room = width - 2 * left, unit = room / Math.max(span + 1, 1), height = 92;
    var picture = svg("svg", { viewBox: "0 0 " + width + " " + height, width: "100%", role: "img", "aria-label": marks.map(function (m) { return m[2] + " " + iso(m[1]); }).join("; ") });
    function x(d) { return left + (d - first + 0.5) * unit; }
    if (span <= 120) {
      for (var d = first; d <= last; d++) {
        var kind = off(d), cell = svg("rect", { x: left + (d - first) * unit + 0.5, y: 34, width: Math.max(unit - 1, 0.5), height: 20, "class": kind === "1" ? "off" : kind === "0" ? "work" : "unknown" });
        cell.appendChild(svg("title", {}, iso(d) + " " + (kind === "1" ? L.day_off : kind === "0" ? L.working_day : "")));
        picture.appendChild(cell);
      }
    } else picture.appendChild(svg("line", { x1: left, x2: width - left, y1: 44, y2: 44, "class": "axis" }));
    marks.forEach(function (mark, n) {
      var at = x(mark[1]), above = n % 2 === 0;
      picture.appendChild(svg("path", { d: above ? "M" + (at - 5) + " 24h10l-5 9z" : "M" + (at - 5) + " 64h10l-5 -9z", "class": "mark-" + mark[0] }));
      picture.appendChild(svg("text", { x: Math.min(Math.max(at, 70), width - 70), y: above ? 16 : 80, "text-anchor": "middle" }, mark[2] + " " + iso(mark[1])));
    });
    return picture;
  }

  // Cells of the table of units and tasks lead to their findings.
  var heat = document.getElementById("heat");
  heat.addEventListener("click", function (event) {
    var cell = event.target;
    if (!cell.getAttribute || cell.getAttribute("data-unit") === null) return;
    inputs.outcome.value = "violation"; inputs.severity.value = ""; search.value = "";
    inputs.unit.value = String(data.texts.indexOf(cell.getAttribute("data-unit")));
    inputs.task.value = cell.getAttribute("data-task");
    apply();
    document.getElementById("findings").scrollIntoView();
  });
  // Printed: the main part with the gravest findings, or everything, as the button says.
  window.addEventListener("beforeprint", function () {
    var whole = document.body.classList.contains("appendix"), printed = whole ? PRINTED : MAIN;
    if (shown < printed) more(printed - shown);
    if (whole) Array.prototype.forEach.call(document.querySelectorAll("#series details, .legend, .rest"), function (d) { d.open = true; });
    if (found.length > printed) count.textContent = (whole ? L.print_note : L.print_main).replace("{shown}", whole ? shown : printed).replace("{found}", found.length);
  });
  window.addEventListener("afterprint", function () { document.body.classList.remove("appendix"); tell(); });
  more(MAIN);
  if (/^#f-[0-9a-f-]+$/.test(location.hash)) { search.value = location.hash.slice(3); apply(); if (list.firstChild) list.firstChild.open = true; }
})();

"use strict";
// The panel of the page editor: checks the form as it stands when it is opened, a field is left, typing is idle or a draft was saved by itself.
document.addEventListener("DOMContentLoaded", () => {
  const panel = document.querySelector("[data-opencheck-url]");
  const form = panel && panel.closest("form");
  if (!form) return;
  const { find, apply, show } = window.opencheckPlaces;
  const findings = panel.querySelector("[data-opencheck-findings]");
  let sent = "";
  let shown = "";
  let timer = null;
  async function renew() {
    const data = new FormData(form);
    const key = JSON.stringify([...data].map(([name, value]) => [name, value instanceof File ? [value.name, value.size] : value]));
    if (key === sent) return;
    sent = key;
    let html;
    try {
      const answer = await fetch(panel.dataset.opencheckUrl, { method: "POST", body: data, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      html = (await answer.json()).html;
    } catch {
      html = null;
    }
    if (key !== sent) return; // a later check is under way
    if (html === null) {
      sent = "";
      shown = "";
      findings.textContent = panel.dataset.opencheckFailed;
    } else if (html !== shown) {
      shown = html;
      findings.innerHTML = html; // made by the same template as the page, where everything is escaped
    }
    place();
  }
  // Every fix that stands in the page's own text is offered, and personal data are marked.
  function fixes() {
    const elements = [...findings.querySelectorAll("[data-opencheck-fix]")];
    const wanted = elements.map(({ dataset }) => ({ action: dataset.opencheckFix, replacement: dataset.replacement, before: dataset.before, after: dataset.after }));
    const places = find(form, wanted);
    return elements.map((element, n) => ({ element, fix: wanted[n], place: places[n] }));
  }
  function place() {
    const all = fixes();
    for (const { element, place: found } of all) {
      for (const button of element.querySelectorAll("[data-opencheck-act]")) button.hidden = !found;
      element.querySelector("[data-opencheck-nowhere]").hidden = Boolean(found);
    }
    if (!window.CSS || !CSS.highlights) return;
    const ranges = all.filter(({ fix, place: found }) => found && fix.action === "mask").map(({ place: { line, from, to } }) => line.range(from, to));
    CSS.highlights.set("opencheck", new Highlight(...ranges.filter(Boolean)));
  }
  findings.addEventListener("click", (event) => {
    const button = event.target.closest("[data-opencheck-act]");
    if (!button) return;
    const own = fixes().find(({ element }) => element.contains(button));
    if (!own.place) {
      place(); // the text has changed since: the next check offers what is left
    } else if (button.dataset.opencheckAct === "show") {
      show(own.place);
    } else {
      apply(own.fix, own.place);
      findings.focus();
      later(600);
    }
  });
  function later(delay) {
    clearTimeout(timer);
    timer = setTimeout(renew, delay);
  }
  // The rich text editor hands its text to the form a quarter of a second late, and handles some keys without an input event.
  for (const name of ["focusout", "change"]) form.addEventListener(name, () => later(600));
  for (const name of ["input", "keyup"]) form.addEventListener(name, () => later(1500));
  document.addEventListener("w-autosave:success", () => later(0));
  later(600);
});

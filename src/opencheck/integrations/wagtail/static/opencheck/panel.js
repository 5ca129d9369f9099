"use strict";
// The panel of the page editor: checks the form as it stands when a field is left, typing is idle or a draft was saved by itself.
document.addEventListener("DOMContentLoaded", () => {
  const panel = document.querySelector("[data-opencheck-url]");
  const form = panel && panel.closest("form");
  if (!form) return;
  const findings = panel.querySelector("[data-opencheck-findings]");
  let sent = "";
  let timer = null;
  async function renew() {
    const data = new FormData(form);
    const key = JSON.stringify([...data].map(([name, value]) => [name, value instanceof File ? [value.name, value.size] : value]));
    if (key === sent) return;
    sent = key;
    try {
      const answer = await fetch(panel.dataset.opencheckUrl, { method: "POST", body: data, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      if (key !== sent) return; // a later check is under way
      findings.innerHTML = found.html; // made by the same template as the page, where everything is escaped
      mark(found.masks);
    } catch {
      if (key !== sent) return;
      sent = "";
      findings.textContent = panel.dataset.opencheckFailed;
      mark([]);
    }
  }
  // A mask tells where its number stands: a star is any one character. Nothing in the editor is changed.
  function mark(masks) {
    if (!window.CSS || !CSS.highlights) return;
    const ranges = [];
    for (const editor of form.querySelectorAll("[contenteditable=true]")) {
      const nodes = [];
      const walker = document.createTreeWalker(editor, NodeFilter.SHOW_TEXT);
      let text = "";
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        nodes.push([text.length, node]);
        text += node.data;
      }
      const place = (at, isEnd) => {
        const [from, node] = nodes.filter(([start]) => (isEnd ? start < at : start <= at)).pop();
        return [node, at - from];
      };
      for (const mask of new Set(masks)) {
        const pattern = mask.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^\\n*]");
        for (const hit of text.matchAll(new RegExp(pattern, "g"))) {
          const range = new Range();
          range.setStart(...place(hit.index, false));
          range.setEnd(...place(hit.index + hit[0].length, true));
          ranges.push(range);
        }
      }
    }
    CSS.highlights.set("opencheck", new Highlight(...ranges));
  }
  function later(delay) {
    clearTimeout(timer);
    timer = setTimeout(renew, delay);
  }
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("::highlight(opencheck) { background-color: #ffe08a; color: #000; text-decoration: underline wavy #b3141d; }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  // The rich text editor hands its text to the form a quarter of a second late, and handles some keys without an input event.
  for (const name of ["focusout", "change"]) form.addEventListener(name, () => later(600));
  for (const name of ["input", "keyup"]) form.addEventListener(name, () => later(1500));
  document.addEventListener("w-autosave:success", () => later(0));
});

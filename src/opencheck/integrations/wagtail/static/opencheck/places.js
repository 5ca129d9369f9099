"use strict";
// Where the editor types, line by line, and where in it a fix belongs. Draftail is changed through Draft.js, so that Undo takes a fix back.
window.opencheckPlaces = (() => {
  const BLANK = /[\s\u00ad\u200b-\u200f\u2060\ufeff]/gu;

  function richLines(input) {
    const editor = input.draftailEditor;
    const root = input.parentElement.querySelector("[contenteditable=true]");
    if (!editor || !root || !window.DraftJS) return [];
    const { EditorState, Modifier, SelectionState } = window.DraftJS;
    const state = () => editor.getEditorState();
    const selected = (key, from, to) => SelectionState.createEmpty(key).merge({ anchorOffset: from, focusOffset: to });
    const push = (content, type) => editor.onChange(EditorState.push(state(), content, type));
    const blocks = state().getCurrentContent().getBlocksAsArray().filter((block) => block.getType() !== "atomic");
    return blocks.map((block) => {
      const key = block.getKey();
      return {
        text: block.getText(),
        range: (from, to) => {
          const element = root.querySelector(`[data-block="true"][data-offset-key="${key}-0-0"]`);
          return element ? rangeIn(element, from, to) : null;
        },
        replace: (from, text) => {
          let content = state().getCurrentContent();
          for (const { at, length, char } of text) {
            const place = selected(key, from + at, from + at + length);
            content = Modifier.replaceText(content, place, char, block.getInlineStyleAt(from + at), block.getEntityAt(from + at) || undefined);
          }
          push(content, "insert-fragment");
        },
        insertAfter: (text) => {
          const end = selected(key, block.getLength(), block.getLength());
          const split = Modifier.splitBlock(state().getCurrentContent(), end);
          const added = split.getSelectionAfter();
          push(Modifier.insertText(Modifier.setBlockType(split, added, "unstyled"), added, text), "insert-fragment");
        },
      };
    });
  }

  function rangeIn(element, from, to) {
    const range = new Range();
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    let at = 0;
    let begun = false;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const end = at + node.data.length;
      if (!begun && from < end) {
        range.setStart(node, from - at);
        begun = true;
      }
      if (begun && to <= end) {
        range.setEnd(node, to - at);
        return range;
      }
      at = end;
    }
    return null;
  }

  function plainLines(element) {
    let start = 0;
    return element.value.split("\n").map((text) => {
      const own = start;
      start += text.length + 1;
      const write = (value) => {
        element.value = value;
        element.dispatchEvent(new Event("input", { bubbles: true }));
      };
      return {
        text,
        element,
        start: own,
        range: () => null,
        replace: (from, pieces) => {
          let value = element.value;
          for (const { at, length, char } of pieces) value = value.slice(0, own + from + at) + char + value.slice(own + from + at + length);
          write(value);
        },
        insertAfter: (added) => write(`${element.value.slice(0, own + text.length)}\n${added}${element.value.slice(own + text.length)}`),
      };
    });
  }

  function lines(form) {
    const found = [];
    for (const field of form.querySelectorAll("input, textarea")) {
      if (field.closest(".opencheck")) continue;
      if (field.draftailEditor) found.push(...richLines(field));
      else if (field.tagName === "TEXTAREA" || field.type === "text") found.push(...plainLines(field));
    }
    return found;
  }

  // How many characters of two texts are the same, counted from their ends or starts; a star stands for any character.
  function common(one, other, fromEnd) {
    const [a, b] = [one, other].map((text) => Array.from(text.replace(BLANK, "")));
    if (fromEnd) [a, b].forEach((chars) => chars.reverse());
    let n = 0;
    while (n < a.length && n < b.length && (a[n] === b[n] || b[n] === "*")) n += 1;
    return n;
  }

  function candidates(fix, all) {
    if (fix.action === "insert") {
      return all.filter((line) => !line.element || line.element.tagName === "TEXTAREA").map((line) => ({ line, from: line.text.length, to: line.text.length, same: common(line.text, fix.before, true) }));
    }
    const pattern = Array.from(fix.replacement, (char) => (char === "*" ? "[^\\n*]" : /\s/u.test(char) ? "\\s" : char.replace(/[.+?^${}()|[\]\\/]/u, "\\$&"))).join("");
    return all.flatMap((line) =>
      [...line.text.matchAll(new RegExp(`(?=(${pattern}))`, "gu"))].map((hit) => {
        const [from, to] = [hit.index, hit.index + hit[1].length];
        return { line, from, to, same: common(line.text.slice(0, from), fix.before, true) + common(line.text.slice(to), fix.after, false) };
      }),
    );
  }

  // The place of each fix, null where none is certain: the characters around it must be those that were checked.
  function find(form, fixes) {
    const all = lines(form);
    const taken = new Set();
    return fixes.map((fix) => {
      const around = (fix.before + fix.after).replace(BLANK, "").length;
      const least = fix.action === "insert" ? Math.min(4, fix.before.replace(BLANK, "").length) : Math.min(2, around);
      const free = candidates(fix, all).filter(({ line, from, same }) => same >= Math.max(least, fix.action === "insert" ? 1 : 0) && !taken.has(`${all.indexOf(line)} ${from}`));
      if (!free.length) return null;
      const best = free.reduce((a, b) => (b.same > a.same ? b : a));
      taken.add(`${all.indexOf(best.line)} ${best.from}`);
      return best;
    });
  }

  function apply(fix, { line, from, to }) {
    if (fix.action === "insert") {
      line.insertAfter(fix.replacement);
      return;
    }
    const stars = Array.from(fix.replacement);
    const pieces = [];
    let at = 0;
    Array.from(line.text.slice(from, to)).forEach((char, n) => {
      if (stars[n] === "*") pieces.unshift({ at, length: char.length, char: "*" });
      at += char.length;
    });
    line.replace(from, pieces);
  }

  function show({ line, from, to }) {
    if (line.element) {
      line.element.focus();
      line.element.setSelectionRange(line.start + from, line.start + to);
      return;
    }
    const range = line.range(Math.max(0, from === to ? from - 1 : from), to);
    if (!range) return;
    range.startContainer.parentElement.scrollIntoView({ block: "center" });
    range.startContainer.parentElement.closest("[contenteditable=true]").focus({ preventScroll: true });
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }

  return { find, apply, show };
})();

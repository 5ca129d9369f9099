"use strict";
// What the page of the service (app.js) and the check in other pages (opencheck.js, which the service sends with this in it) share.
function make(tag, text = "", attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
// Browsers break a line after a hyphen: a date, a period and the name of a rule stay in one piece.
const JOINED = /(?<![0-9A-Za-z-])[0-9A-Za-z]{1,6}(?:-[0-9QHWD][0-9A-Za-z.]{0,4}){1,2}(?![0-9A-Za-z-])/gu;
function keepTogether(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts.filter((t) => t.parentNode.tagName !== "OPTION")) {
    for (const found of [...text.data.matchAll(JOINED)].reverse()) {
      const word = make("span", found[0], { class: "whole-word" });
      text.splitText(found.index + found[0].length);
      text.splitText(found.index).replaceWith(word);
    }
  }
}

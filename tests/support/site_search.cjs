// node site_search.cjs SITE LANGUAGE_FOLDER QUERY...: what the site's own search worker finds, as JSON: for each query the addresses, best first.
"use strict";
const fs = require("fs");
const path = require("path");
const vm = require("vm");
const [site, folder, ...queries] = process.argv.slice(2);
const workers = path.join(site, "assets/javascripts/workers");
const file = path.join(workers, fs.readdirSync(workers).find((name) => /^search\..*\.js$/.test(name)));
const base = "http://site/assets/javascripts/workers/worker.js";
let listener = null;
let answered = null;
const scope = { console, URL, location: { href: base }, addEventListener: (name, heard) => { listener = heard; }, postMessage: (message) => answered(message) };
scope.self = scope;
const load = (at) => vm.runInContext(fs.readFileSync(at, "utf8"), scope, { filename: at });
scope.importScripts = (...urls) => urls.forEach((url) => load(path.join(site, new URL(url, base).pathname)));
vm.createContext(scope);
load(file);
const ask = (message) => new Promise((done) => { answered = done; listener({ data: message }); });
(async () => {
  const index = JSON.parse(fs.readFileSync(path.join(site, folder, "search/search_index.json"), "utf8"));
  await ask({ type: 0, data: { ...index, options: { suggest: false } } });
  const found = {};
  for (const query of queries) found[query] = (await ask({ type: 2, data: query })).data.items.map((group) => group[0].location);
  console.log(JSON.stringify(found));
})();

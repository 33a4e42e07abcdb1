// The element for pages of others: what it must never do there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const folder = new URL("../src/embed/", import.meta.url);
const script = readFileSync(new URL("room-calendar.js", folder), "utf8");
const styles = readFileSync(new URL("room-calendar.css", folder), "utf8");

test("it sends no cookie and keeps nothing", () => {
  const fetches = script.match(/\bfetch\(/g);
  assert.equal(fetches.length, script.match(/credentials: "omit"/g).length);
  assert.doesNotMatch(script, /cookie\b(?!s)|localStorage|sessionStorage|indexedDB|caches\.|sendBeacon|XMLHttpRequest/);
});

test("it needs nothing that a strict policy forbids", () => {
  assert.doesNotMatch(script, /innerHTML|outerHTML|insertAdjacentHTML|\beval\(|new Function|"style"|\.style\b/);
  assert.match(script, /adoptedStyleSheets = \[sheet\]/);
  assert.deepEqual(script.match(/^import .*$/gm), ['import styles from "./room-calendar.css";']);
  assert.doesNotMatch(styles, /url\(|@import|@font-face/);
});

test("it is one file that pages may load twice", () => {
  assert.match(script, /if \(!customElements\.get\("eg-room-calendar"\)\)/);
});

test("its words come from the portal", () => {
  const texts = [...script.matchAll(/make\("[a-z0-9]+", \{[^}]*\}, "([^"]*)"/g)].map((found) => found[1].trim());
  assert.deepEqual(texts.filter(Boolean), []);
});

test("colours are tokens, parts stay inside its shadow", () => {
  const rules = styles.replace(/\/\*[\s\S]*?\*\//g, "");
  assert.doesNotMatch(rules, /#[0-9a-f]{3,8}\b|rgb\(|hsl\(/i);
  assert.doesNotMatch(rules, /@media \((min|max)-width/, "the column counts, not the window");
});

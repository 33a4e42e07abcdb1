// Rules that keep the elements small and safe under the strict policy of citizen pages.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const folder = new URL("../src/elements/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".js"));
const read = (name) => readFileSync(new URL(name, folder), "utf8");

test("every element is loaded by one of the scripts", () => {
  const entries = ["portal.js", "filling.js", "backoffice.js"].map((name) => new URL(`../src/${name}`, import.meta.url));
  const portal = entries.map((entry) => readFileSync(entry, "utf8")).join("\n");
  for (const name of files.filter((file) => file.startsWith("eg-"))) {
    assert.ok(portal.includes(`./elements/${name}`), name);
  }
});

for (const name of files) {
  test(`${name} stays small and sets no inline style`, () => {
    const source = read(name);
    assert.ok(source.split("\n").length <= 121, "more than 120 lines");
    assert.doesNotMatch(source, /setAttribute\("style"|\beval\(|new Function/);
    assert.match(source, /^\/\//, "the first line says what it is for");
  });
}

// The rule of asking in the browser gives the same as on the server: both read tests/vectors/conditions.json.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { asked, compareDecimals, isEmpty } from "../src/elements/conditions.js";

const file = new URL("../../tests/vectors/conditions.json", import.meta.url);
const cases = JSON.parse(readFileSync(file, "utf8"));

for (const { note, structure, answers, asked: expected } of cases) {
  test(`conditions: ${note}`, () => {
    assert.deepEqual(asked(structure, answers), expected);
  });
}

test("decimals are compared exactly, beyond what a number of JavaScript holds", () => {
  assert.equal(compareDecimals("9007199254740993", "9007199254740992"), 1);
  assert.equal(compareDecimals("0.1", "0.10"), 0);
  assert.equal(compareDecimals("-0.5", ".5"), -1);
  assert.equal(compareDecimals("+3.", "3"), 0);
});

test("a no is an answer, an empty list is not", () => {
  assert.equal(isEmpty(false), false);
  assert.equal(isEmpty([]), true);
  assert.equal(isEmpty({}), true);
  assert.equal(isEmpty("0"), false);
});

// What people type, as conditions see it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { answerOf, dateText, decimalText, timeText } from "../src/elements/answers.js";
import { digits } from "../src/elements/eg-code-input.js";

const box = (value, checked) => ({ type: "checkbox", value, checked });
const radio = (value, checked) => ({ type: "radio", value, checked });
const text = (value) => ({ type: "text", value });

test("numbers of all four languages", () => {
  assert.equal(decimalText("1 250,50"), "1250.50");
  assert.equal(decimalText("1.250,50"), "1250.50");
  assert.equal(decimalText("1,250.50"), "1250.50");
  assert.equal(decimalText("1\u202f250,50 €"), "1250.50");
  assert.equal(decimalText("1.250.000"), "1250000");
  assert.equal(decimalText("1.500"), "", "could be either: the server asks back");
  assert.equal(decimalText("0,125"), "0.125");
  assert.equal(decimalText("12"), "12");
  assert.equal(decimalText("etwa hundert"), "etwahundert");
});

test("dates and times as typed", () => {
  assert.equal(dateText("27/06/2026"), "2026-06-27");
  assert.equal(dateText("27.6.2026"), "2026-06-27");
  assert.equal(dateText("2026-06-27"), "2026-06-27");
  assert.equal(dateText("morgen"), "morgen");
  assert.equal(timeText("14 h 30"), "14:30");
  assert.equal(timeText("14.30 Uhr"), "14:30");
  assert.equal(timeText("9 h"), "09:00");
  assert.equal(timeText("9:05"), "09:05");
});

test("answers by kind of question", () => {
  assert.equal(answerOf("consent", [box("on", false)]), false);
  assert.deepEqual(answerOf("choices", [box("a", true), box("b", false), box("c", true)]), ["a", "c"]);
  assert.equal(answerOf("yes_no", [radio("yes", false), radio("no", true)]), "no");
  assert.equal(answerOf("yes_no", [radio("yes", false), radio("no", false)]), "");
  assert.equal(answerOf("money", [text("12,00")]), "12.00");
  assert.equal(answerOf("text", [text("   ")]), "");
  assert.equal(answerOf("address", [text(""), text("")]), "");
  assert.deepEqual(answerOf("address", [text("Rue"), text("")]), { filled: "1" });
});

test("a pasted code keeps its digits", () => {
  assert.equal(digits("123 456"), "123456");
  assert.equal(digits(" 123-456 \n"), "123456");
  assert.equal(digits("１２３４５６"), "123456");
  assert.equal(digits("1234567"), "123456");
});

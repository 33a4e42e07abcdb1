// Which questions are asked, given the answers: the same rule as eservices/questions/conditions.py,
// held together by tests/vectors/conditions.json. No document here: these functions also run in Node.

const DECIMAL = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$/;
const ISO = { date: /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/, time: /^[0-9]{2}:[0-9]{2}$/ };
const DECIMAL_TYPES = new Set(["number", "money", "calculated"]);

/** Ids of the asked questions, in the order of `questions` [{id, type, show_if}]. */
export function asked(questions, answers) {
  const seen = new Map();
  for (const question of questions) {
    if ((question.show_if ?? []).every((condition) => holds(condition, seen, answers))) {
      seen.set(question.id, question.type);
    }
  }
  return [...seen.keys()];
}

/** Whether an answer counts as not given; false (a "no") is an answer. */
export function isEmpty(answer) {
  if (answer === null || answer === undefined || answer === "") return true;
  if (Array.isArray(answer)) return answer.length === 0;
  return typeof answer === "object" && Object.keys(answer).length === 0;
}

function holds({ field, op, value }, seen, answers) {
  const type = seen.get(field);
  const answer = Object.hasOwn(answers, field) ? answers[field] : null;
  if (!seen.has(field) || isEmpty(answer) || (type === "consent" && answer !== true)) return false;
  switch (op) {
    case "filled":
      return true;
    case "is":
      return equal(type, answer, value);
    case "is_not":
      return !equal(type, answer, value);
    case "has":
      return (Array.isArray(answer) ? answer : [asText(answer)]).includes(value);
    case "gt":
      return compare(type, answer, value) > 0;
    case "lt":
      return compare(type, answer, value) < 0;
    default:
      return false;
  }
}

function asText(answer) {
  if (typeof answer === "boolean") return answer ? "yes" : "no";
  return typeof answer === "string" ? answer : null;
}

function equal(type, answer, value) {
  if (Array.isArray(answer)) return answer.length === 1 && answer[0] === value;
  const text = asText(answer);
  if (DECIMAL_TYPES.has(type) && text !== null && DECIMAL.test(text) && DECIMAL.test(value)) {
    return compareDecimals(text, value) === 0;
  }
  return text === value;
}

function compare(type, answer, value) {
  if (typeof answer !== "string") return 0;
  if (DECIMAL_TYPES.has(type) && DECIMAL.test(answer) && DECIMAL.test(value)) {
    return compareDecimals(answer, value);
  }
  const pattern = ISO[type];
  if (pattern?.test(answer) && pattern.test(value)) return answer > value ? 1 : answer < value ? -1 : 0;
  return 0;
}

/** Exact comparison of two decimals: -1, 0 or 1. Numbers of JavaScript would round. */
export function compareDecimals(left, right) {
  const places = (text) => (text.split(".")[1] ?? "").length;
  const scale = Math.max(places(left), places(right));
  const whole = (text) => {
    const [integer, fraction = ""] = text.replace(/^[+-]/, "").split(".");
    const number = BigInt((integer || "0") + fraction.padEnd(scale, "0"));
    return text.startsWith("-") ? -number : number;
  };
  const difference = whole(left) - whole(right);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}

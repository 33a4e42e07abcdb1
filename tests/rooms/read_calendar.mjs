// Reads a calendar from standard input with ical.js; prints its events as JSON: uid, start and end in UTC, summary, status.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const { default: ICAL } = await import(createRequire(join(process.env.NODE_PATH, "x")).resolve("ical.js"));
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const events = calendar.getAllSubcomponents("vevent").map((part) => {
  const event = new ICAL.Event(part);
  return [event.uid, event.startDate.toJSDate().toISOString(), event.endDate.toJSDate().toISOString(), event.summary,
    part.getFirstPropertyValue("status"), part.getAllProperties().length];
});
process.stdout.write(JSON.stringify(events));

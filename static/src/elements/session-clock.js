// The end of the session, as all tabs of a browser share it. It is kept by the wall clock: a laptop that sleeps stops
// timers, not time. Each tab tells the others what it learns ("time") and that the session is over ("over").
const NAME = "guichet-session";

export class SessionClock {
  /** `listen(kind)` is called when another tab has news. */
  constructor(listen) {
    this.end = Infinity;
    this.absolute = Infinity;
    this.listen = listen;
    this.hear = (event) => this.take(event.data ?? JSON.parse(event.newValue ?? "null"));
    if ("BroadcastChannel" in window) {
      this.channel = new BroadcastChannel(NAME);
      this.channel.addEventListener("message", this.hear);
    } else {
      this.stored = (event) => event.key === NAME && this.hear(event);
      window.addEventListener("storage", this.stored);
    }
  }

  close() {
    this.channel?.close();
    if (this.stored) window.removeEventListener("storage", this.stored);
  }

  /** What the server says: seconds until the end without an act, and at the latest. */
  learn(left, absolute) {
    this.end = Date.now() + left * 1000;
    this.absolute = Date.now() + absolute * 1000;
    this.tell("time");
  }

  tell(kind) {
    const news = { kind, end: this.end, absolute: this.absolute, at: Date.now() };
    if (this.channel) return this.channel.postMessage(news);
    try {
      localStorage.setItem(NAME, JSON.stringify(news));
    } catch {
      // No storage: each tab then asks the server by itself.
    }
  }

  take(news) {
    if (!news) return;
    if (news.kind === "time") {
      this.end = news.end;
      this.absolute = news.absolute;
    }
    this.listen(news.kind);
  }

  /** Seconds until the session ends unless somebody acts. */
  get left() {
    return Math.ceil((this.end - Date.now()) / 1000);
  }

  /** Whether an act would make it last longer; a second of tolerance, for both numbers are rounded. */
  get extendable() {
    return this.absolute - this.end > 1000;
  }
}

/** "1:58" */
export function minutes(seconds) {
  const whole = Math.max(0, seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** The hour of a moment in the town hall, as `pattern` writes it ("%(hour)s h %(minute)s"). */
export function hour(moment, pattern) {
  const parts = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Brussels" })
    .formatToParts(new Date(moment));
  const of = (type) => parts.find((part) => part.type === type)?.value ?? "";
  return pattern.replace("%(hour)s", String(Number(of("hour")))).replace("%(minute)s", of("minute"));
}

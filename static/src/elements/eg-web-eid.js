// <eg-web-eid data-challenge="address" data-lang data-reading data-missing-extension data-missing-software data-outdated
//   data-cancelled data-timeout data-insecure data-busy data-failed>
//   <form method="post" hidden><input name="challenge"><input name="token">… <button>…</button></form>
//   <p role="status" data-status></p><p role="alert" data-error></p><p data-without-script>…</p></eg-web-eid>
// Sending the form asks our server for a challenge, lets the Web eID extension have it signed by the card, and sends the
// answer as a form: what is wrong with it, the server says.
import { post } from "./requests.js";

// Which version of the messages is spoken (web-eid/web-eid.js, "Action" and "ExtensionRequest").
const VERSION = "2.1.0";
// The extension says "ack" at once, its program answers within seconds; a person looks for the PIN (milliseconds).
const WAITS = { ack: 2000, status: 7000, authenticate: 130_000 };
// Codes of the extension, by the words that explain them.
const WORDS = {
  ERR_WEBEID_EXTENSION_UNAVAILABLE: "missingExtension",
  ERR_WEBEID_NATIVE_UNAVAILABLE: "missingSoftware",
  ERR_WEBEID_VERSION_MISMATCH: "outdated",
  ERR_WEBEID_VERSION_INVALID: "outdated",
  ERR_WEBEID_USER_CANCELLED: "cancelled",
  ERR_WEBEID_USER_TIMEOUT: "timeout",
  ERR_WEBEID_ACTION_TIMEOUT: "timeout",
  ERR_WEBEID_CONTEXT_INSECURE: "insecure",
  ERR_WEBEID_ACTION_PENDING: "busy",
};

const failure = (code) => Object.assign(new Error(code), { code });

/** Ask the extension one thing; resolves with its message, rejects with its `code`. Only this window is listened to. */
export function ask(action, values = {}, waits = WAITS) {
  return new Promise((resolve, reject) => {
    const stop = new AbortController();
    const end = (settle, value) => {
      stop.abort();
      timers.forEach(clearTimeout);
      settle(value);
    };
    const fail = (code) => () => end(reject, failure(code));
    const timers = [
      setTimeout(fail("ERR_WEBEID_EXTENSION_UNAVAILABLE"), waits.ack),
      setTimeout(fail("ERR_WEBEID_ACTION_TIMEOUT"), waits[action]),
    ];
    const hear = ({ data, source, origin }) => {
      if (source !== window || origin !== location.origin || typeof data?.action !== "string") return;
      if (data.action === `web-eid:${action}-ack`) clearTimeout(timers[0]);
      if (data.action === `web-eid:${action}-success`) end(resolve, data);
      if (data.action === `web-eid:${action}-failure`) end(reject, failure(data.error?.code ?? ""));
    };
    window.addEventListener("message", hear, { signal: stop.signal });
    window.postMessage({ action: `web-eid:${action}`, libraryVersion: VERSION, ...values }, location.origin);
  });
}

if (typeof customElements !== "undefined") {
  class EgWebEid extends HTMLElement {
    connectedCallback() {
      this.form = this.querySelector("form");
      this.querySelector("[data-without-script]")?.remove();
      if (!this.form) return;
      this.form.hidden = false;
      this.form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.run();
      });
    }

    say(status, error = "") {
      this.querySelector("[data-status]").textContent = status;
      this.querySelector("[data-error]").textContent = error;
    }

    async run() {
      const button = this.form.querySelector("button");
      if (button.getAttribute("aria-disabled") === "true") return;
      button.setAttribute("aria-disabled", "true");
      this.say(this.dataset.reading);
      try {
        await this.read();
        return;
      } catch (error) {
        this.say("", error.shown ?? this.dataset[WORDS[error.code]] ?? this.dataset.failed);
      }
      button.removeAttribute("aria-disabled");
    }

    async read() {
      if (!window.isSecureContext) throw failure("ERR_WEBEID_CONTEXT_INSECURE");
      await ask("status");
      const challenge = await this.challenge();
      const { format, algorithm, signature, unverifiedCertificate, appVersion } = await ask("authenticate", {
        challengeNonce: challenge,
        options: { lang: this.dataset.lang, userInteractionTimeout: 120_000 },
      });
      this.form.elements.challenge.value = challenge;
      this.form.elements.token.value = JSON.stringify({
        format, algorithm, signature, unverifiedCertificate, appVersion,
      });
      this.form.submit();
    }

    async challenge() {
      const reply = await post(this.dataset.challenge, new FormData(this.form));
      const said = await reply.json().catch(() => ({}));
      if (reply.ok) return said.challenge;
      if (said.url) location.assign(said.url);
      throw Object.assign(new Error(), { shown: said.title });
    }
  }
  customElements.define("eg-web-eid", EgWebEid);
}

// <eg-passkey data-question="address" data-answer="address" data-create? data-elsewhere data-unsupported data-failed>
//   <form hidden>… <button>…</button><p data-error role="alert"></p></form><p data-without-script>…</p></eg-passkey>
// Sending the form asks our server for a question, lets the device answer it, sends the answer, and goes where the server says.
import { post } from "./requests.js";

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** The options of the browser's call, from the JSON of WebAuthn level 3 (5.1.10). */
export function decoded(options) {
  const ids = (list) => (list ?? []).map((item) => ({ ...item, id: bytes(item.id) }));
  const made = { ...options, challenge: bytes(options.challenge) };
  if (options.user) made.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) made.excludeCredentials = ids(options.excludeCredentials);
  if (options.allowCredentials) made.allowCredentials = ids(options.allowCredentials);
  return made;
}

/** The answer of a device as that JSON. */
export function encoded(credential) {
  const { response } = credential;
  const parts = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = text(response[name]);
  }
  if (response.getTransports) parts.transports = response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: parts,
  });
}

if (typeof customElements !== "undefined") {
  class EgPasskey extends HTMLElement {
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

    say(words) {
      const place = this.querySelector("[data-error]");
      if (place) place.textContent = words ?? "";
    }

    async run() {
      const button = this.form.querySelector("button");
      if (button.getAttribute("aria-disabled") === "true") return;
      this.say("");
      if (!window.PublicKeyCredential) {
        this.say(this.dataset.unsupported);
        return;
      }
      button.setAttribute("aria-disabled", "true");
      try {
        await this.ask();
      } catch (error) {
        this.say(error.shown ?? this.dataset.failed);
      }
      button.removeAttribute("aria-disabled");
    }

    async ask() {
      const question = await this.send(this.dataset.question);
      const { options, host, origin } = question;
      if (location.hostname !== host) {
        throw Object.assign(new Error(), { shown: this.dataset.elsewhere.replace("%(address)s", origin) });
      }
      const publicKey = decoded(options);
      const credential = "create" in this.dataset
        ? await navigator.credentials.create({ publicKey })
        : await navigator.credentials.get({ publicKey });
      const { url } = await this.send(this.dataset.answer, encoded(credential));
      location.assign(url);
    }

    async send(url, answer) {
      const body = new FormData(this.form);
      if (answer) body.set("answer", answer);
      const reply = await post(url, body);
      const said = await reply.json().catch(() => ({}));
      if (reply.ok) return said;
      if (said.url) location.assign(said.url);
      throw Object.assign(new Error(), { shown: said.title });
    }
  }
  customElements.define("eg-passkey", EgPasskey);
}

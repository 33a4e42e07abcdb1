// <eg-upload data-url="…" data-sending="Sending: %(percent)s %" data-failed="…" data-cancel="Cancel">
//   …<label class="eg-pick"><input type="file" name="file"></label>…</eg-upload>
// Sends each chosen file at once, with progress, and then reloads the list: the answer is {"html": row} for `[data-files]`,
// or {"url": page to open}, or for a refusal {"title": sentence}. Without data-url it only shows the chosen names.
// Files can be dropped on `[data-drop]`. A button with data-remove="…" posts there and takes its row away.
import { dropOn, removeRows } from "./file-rows.js";
import { csrfToken } from "./requests.js";

class EgUpload extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", (event) => {
      const input = event.target.closest("input[type=file]");
      if (!input) return;
      event.stopPropagation();
      if (!this.dataset.url) return this.names(input);
      const files = [...input.files];
      input.value = "";
      files.forEach((file) => this.send(file, input.name));
    });
    removeRows(this);
    if (this.dataset.url) dropOn(this, (file) => this.send(file, "file"));
  }

  /** Names of the files that go with the form when it is sent. */
  names(input) {
    let line = this.querySelector(".eg-pick__names");
    if (!line) {
      line = document.createElement("output");
      line.className = "eg-pick__names eg-small";
      input.closest("label").after(line);
    }
    line.textContent = [...input.files].map((file) => file.name).join(", ");
  }

  send(file, name) {
    const row = this.row(file);
    const body = new FormData();
    body.set(name, file);
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) this.progress(row, Math.round((100 * event.loaded) / event.total));
    });
    request.addEventListener("load", () => this.done(row, request));
    request.addEventListener("error", () => this.failed(row));
    request.open("POST", this.dataset.url);
    request.setRequestHeader("X-CSRFToken", csrfToken(this));
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
    row.querySelector("button").addEventListener("click", () => {
      request.abort();
      row.remove();
    });
  }

  row(file) {
    const row = document.createElement("div");
    row.className = "eg-doc-row";
    const [text, title, progress, note, cancel] = ["div", "strong", "progress", "p", "button"].map((tag) =>
      document.createElement(tag),
    );
    title.textContent = file.name;
    progress.max = 100;
    progress.value = 0;
    progress.setAttribute("aria-label", file.name);
    note.className = "eg-small eg-soft";
    note.setAttribute("role", "status");
    cancel.type = "button";
    cancel.className = "eg-linklike";
    cancel.textContent = this.dataset.cancel ?? "";
    text.append(title, progress, note);
    row.append(document.createElement("span"), text, cancel);
    (this.querySelector("[data-files]") ?? this).append(row);
    this.progress(row, 0);
    return row;
  }

  progress(row, percent) {
    row.querySelector("progress").value = percent;
    row.querySelector("p").textContent = (this.dataset.sending ?? "").replace("%(percent)s", String(percent));
  }

  done(row, request) {
    let data = {};
    try {
      data = JSON.parse(request.responseText);
    } catch {
      // Not JSON: an error page; said below.
    }
    if (request.status >= 400) return this.failed(row, data.title ?? data.detail);
    if (data.html) row.outerHTML = data.html;
    else window.location.assign(data.url ?? window.location.href);
  }

  failed(row, text) {
    row.querySelector("progress").remove();
    const note = row.querySelector("p");
    note.className = "utrecht-form-field-error-message";
    note.setAttribute("role", "alert");
    note.textContent = text ?? this.dataset.failed ?? "";
  }
}

customElements.define("eg-upload", EgUpload);

// The line `[data-autosave-status]` that says how far saving is.

export function tell(text, tone = "", url = "", words = "") {
  for (const line of document.querySelectorAll("[data-autosave-status]")) {
    line.dataset.tone = tone;
    line.textContent = text ?? "";
    if (!url) continue;
    const link = document.createElement("a");
    link.href = url;
    link.className = "utrecht-link utrecht-link--html-a";
    link.textContent = words;
    line.append(" ", link);
  }
}

// Requests to our own server with the CSRF token of the page.

/** The token from the form around `near`, else from any form of the page. */
export function csrfToken(near = document) {
  const field = near.querySelector?.("[name=csrfmiddlewaretoken]")
    ?? document.querySelector("[name=csrfmiddlewaretoken]");
  return field?.value ?? "";
}

/** POST a FormData; answers JSON. */
export function post(url, body, { keepalive = false } = {}) {
  return fetch(url, {
    method: "POST",
    body,
    keepalive,
    credentials: "same-origin",
    headers: { "X-CSRFToken": csrfToken(), Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
  });
}

// The editor works without this file: its buttons save and show the preview. htmx saves while one
// types; this file says so, lets answers with a conflict in, and keeps words that are not saved.
"use strict";

const editor = document.getElementById("editor");
const AGAIN_AFTER = 5000;
let typed = 0;
let sent = 0;
let saved = 0;

function say(text) {
  const shown = document.getElementById("saved");
  shown.textContent = text;
  shown.classList.toggle("failed", text !== editor.dataset.typing);
}

function failed(text) {
  say(text);
  setTimeout(() => editor.dispatchEvent(new Event("again")), AGAIN_AFTER);
}

editor.addEventListener("input", () => {
  typed += 1;
  say(editor.dataset.typing);
});

editor.addEventListener("htmx:beforeRequest", () => {
  sent = typed;
});

editor.addEventListener("htmx:beforeSwap", (event) => {
  const ours = event.detail.xhr.responseText.includes('id="saved"');
  event.detail.shouldSwap = ours;
  event.detail.isError = !ours && event.detail.xhr.status >= 400;
  if (ours && event.detail.xhr.status < 400) saved = sent;
  if (!ours && event.detail.xhr.status < 400) failed(editor.dataset.loggedOut);
});

editor.addEventListener("htmx:afterSwap", () => {
  if (typed > sent) say(editor.dataset.typing);
});

for (const kind of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  editor.addEventListener(kind, (event) => {
    if (event.detail.xhr.status === 403) say(editor.dataset.refused);
    else failed(editor.dataset.offline);
  });
}

editor.addEventListener("submit", () => {
  saved = typed;
});

addEventListener("beforeunload", (event) => {
  if (typed > saved) event.preventDefault();
});

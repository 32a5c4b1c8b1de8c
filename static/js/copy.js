// Buttons that copy a field's text. Without this file the field is there to be selected.
"use strict";

async function copyFrom(button) {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    return; // not allowed here: the text is selected, the keyboard copies it
  }
  const label = button.firstChild;
  const before = label.textContent;
  label.textContent = button.dataset.done;
  setTimeout(() => {
    label.textContent = before;
  }, 2000);
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", () => copyFrom(button));
}

// Featured signatories are dragged by their handle; the form's own arrows do the same without this
// file. Pointer events, so that a finger and a pen drag too. Letting go sends the form.
"use strict";

let dragged = null;

document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest("[data-handle]");
  if (!handle || event.button) return;
  event.preventDefault();
  dragged = handle.closest("li");
  dragged.classList.add("dragged");
  handle.setPointerCapture(event.pointerId);
});

document.addEventListener("pointermove", (event) => {
  if (!dragged) return;
  const below = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-order] > li");
  if (!below || below === dragged) return;
  const box = below.getBoundingClientRect();
  if (event.clientY < box.top + box.height / 2) below.before(dragged);
  else below.after(dragged);
});

function letGo(event) {
  if (!dragged) return;
  dragged.classList.remove("dragged");
  const form = dragged.closest("form");
  dragged = null;
  if (event.type === "pointerup") form.requestSubmit();
}

document.addEventListener("pointerup", letGo);
document.addEventListener("pointercancel", letGo);

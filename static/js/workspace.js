// The moderators' list works without this file. It counts what is ticked, ticks a whole page, and
// moves by keys while the focus is inside the list (never elsewhere, so that it is in nobody's way).
"use strict";

const bulk = document.getElementById("bulk");
const picks = [...document.querySelectorAll('input[name="seen"][form="bulk"]')];

function countPicked() {
  const shown = bulk.querySelector("[data-picked]");
  const number = picks.filter((pick) => pick.checked).length;
  shown.textContent = number ? shown.dataset.some.replace("%s", number) : shown.dataset.none;
  for (const button of bulk.querySelectorAll("button")) button.disabled = number === 0;
}

function pickAll() {
  const all = bulk.querySelector("[data-pick-all]");
  all.parentElement.hidden = false;
  all.addEventListener("change", () => {
    for (const pick of picks) pick.checked = all.checked;
    countPicked();
  });
}

function moveByKeys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("textarea, select")) return;
  const row = event.target.closest("tr");
  const at = picks.findIndex((pick) => pick.closest("tr") === row);
  const press = (action) => row.querySelector(`button[value="${action}"]`)?.click();
  const keys = {
    j: () => picks[Math.min(at + 1, picks.length - 1)].focus(),
    k: () => picks[Math.max(at - 1, 0)].focus(),
    x: () => picks[at].click(),
    a: () => press("approve"),
    h: () => press("hold"),
  };
  if (at < 0 || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
}

if (bulk && picks.length) {
  pickAll();
  countPicked();
  for (const pick of picks) pick.addEventListener("change", countPicked);
  document.querySelector(".queue").addEventListener("keydown", moveByKeys);
}

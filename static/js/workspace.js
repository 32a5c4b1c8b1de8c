// The moderators' list works without this file. It counts what is ticked, ticks a whole page, and
// moves by keys while the focus is inside the list (never elsewhere, so that it is in nobody's way).
"use strict";

const bulk = document.getElementById("bulk");
const picks = [...document.querySelectorAll('input[name="seen"][form="bulk"]')];
const PLACE = "queue-place";

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

function toReason(pick) {
  if (!pick.checked) pick.click();
  bulk.querySelector('[name="reason"]').focus();
}

function showKeys() {
  const keys = document.querySelector("details.keys");
  keys.open = !keys.open;
  keys.scrollIntoView({ block: "nearest" });
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
    r: () => toReason(picks[at]),
    o: () => row.querySelector("th a").click(),
    u: () => document.querySelector("[data-undo]")?.click(),
    "?": showKeys,
  };
  if (at < 0 || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
}

// After a decision the page is new: whoever moved by keys goes on at the same place.
function keepPlace(list) {
  list.addEventListener("submit", (event) => {
    const at = picks.findIndex((pick) => pick.closest("tr") === event.target.closest("tr"));
    sessionStorage.setItem(PLACE, at);
  });
  const place = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  if (place >= 0 && place !== null) picks[Math.min(place, picks.length - 1)].focus();
}

if (bulk && picks.length) {
  const list = document.querySelector(".queue");
  pickAll();
  countPicked();
  for (const pick of picks) pick.addEventListener("change", countPicked);
  list.addEventListener("keydown", moveByKeys);
  keepPlace(list);
}

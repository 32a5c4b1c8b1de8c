// Surge mode: finds the number in an altcha challenge while the form is filled in, and sends it along.
// Where that is not possible, the box that asks for a moderator stays.
"use strict";

const LASTS = 8 * 60 * 1000; // the server takes a solution for ten minutes

async function solve(challenge) {
  const encoder = new TextEncoder();
  for (let number = 0; number <= challenge.maxnumber; number += 1) {
    const hash = await crypto.subtle.digest("SHA-256", encoder.encode(challenge.salt + number));
    const hex = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (hex === challenge.challenge) {
      const { algorithm, salt, signature } = challenge;
      return btoa(JSON.stringify({ algorithm, challenge: hex, number, salt, signature }));
    }
  }
  throw new Error("no solution");
}

function prove(part) {
  const form = part.closest("form");
  const answer = part.querySelector("[name=altcha]");
  const state = part.querySelector("[data-challenge-state]");
  const other = part.querySelector("[data-challenge-else]");
  let running = null;
  let solvedAt = 0;

  const say = (text) => {
    state.hidden = false;
    if (state.textContent !== text) state.textContent = text;
  };
  const start = () => {
    running ??= fetch(part.dataset.challenge, { credentials: "omit" })
      .then((reply) => reply.json())
      .then(solve)
      .then((solution) => {
        answer.value = solution;
        solvedAt = Date.now();
        say(state.dataset.solved);
      })
      .catch(() => {
        state.hidden = true;
        other.hidden = false;
      })
      .finally(() => (running = null));
    return running;
  };

  other.hidden = true;
  say(state.dataset.working);
  form.addEventListener("focusin", () => solvedAt || start(), { once: true });
  form.addEventListener("submit", (event) => {
    if (!other.hidden || (solvedAt && Date.now() - solvedAt < LASTS)) return;
    event.preventDefault();
    say(state.dataset.working);
    start().then(() => form.requestSubmit(event.submitter));
  });
  if (form.closest(".column")) start(); // the form came back: it will be sent again at once
}

if (window.crypto?.subtle) document.querySelectorAll("[data-challenge]").forEach(prove);

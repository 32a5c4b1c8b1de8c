// Public pages work without this file. It keeps the count fresh, offers the system's share sheet,
// and shows how an entry will look while it is typed.
"use strict";

function refreshCounts() {
  const shown = document.querySelectorAll("[data-count-url]:not([data-count-url=''])");
  if (document.hidden || shown.length === 0) return;
  fetch(shown[0].dataset.countUrl, { credentials: "omit" })
    .then((answer) => (answer.ok ? answer.json() : null))
    .then((tally) => {
      if (!tally || !Number.isInteger(tally.counted)) return;
      const language = document.documentElement.lang;
      const text = tally.counted.toLocaleString(language, { numberingSystem: "latn", useGrouping: "always" });
      for (const element of shown) {
        // The server writes numbers in its own way; an unchanged one is left alone.
        if (element.textContent.replace(/\D/g, "") !== String(tally.counted)) element.textContent = text;
      }
      for (const bar of document.querySelectorAll("progress")) bar.value = tally.counted;
    })
    .catch(() => {}); // the number on the page stays true for its time
}

function offerSharing() {
  for (const button of document.querySelectorAll("[data-share]")) {
    const data = {
      title: button.dataset.shareTitle,
      text: button.dataset.shareText,
      url: button.dataset.shareUrl,
    };
    if (!navigator.share) continue;
    button.hidden = false;
    button.addEventListener("click", () => navigator.share(data).catch(() => {}));
  }
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.clipboard
        .writeText(document.getElementById(button.dataset.copy).value)
        .then(() => (button.textContent = button.dataset.copied))
        .catch(() => document.getElementById(button.dataset.copy).select());
    });
  }
}

function offerPrinting() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

function previewEntry(form) {
  const preview = form.querySelector(".preview");
  const who = preview.querySelector(".who");
  const what = preview.querySelector(".what");
  const said = preview.querySelector("q");
  const value = (name) => {
    const field = form.elements[name];
    if (!field) return "";
    return (field.selectedOptions ? field.value && field.selectedOptions[0].text : field.value).trim();
  };
  const draw = () => {
    const organisation = form.elements.capacity
      ? value("capacity") === "organisation"
      : Boolean(form.elements.organisation_name);
    const shown = organisation ? ["city", "country"] : ["role_title", "affiliation", "city", "country"];
    who.textContent = value(organisation ? "organisation_name" : "name");
    const parts = shown.map(value).filter(Boolean).map((text) => {
      const part = document.createElement("bdi");
      part.textContent = text;
      return part;
    });
    what.replaceChildren(...parts.flatMap((part, index) => (index ? [`${preview.dataset.comma} `, part] : [part])));
    said.textContent = value("comment");
    said.hidden = !said.textContent;
    preview.hidden = !who.textContent;
  };
  form.addEventListener("input", draw);
  draw();
}

// A link to the letter in another language takes along what is typed, by the form's own button.
function keepWhatIsTyped(form) {
  let typed = false;
  form.addEventListener("input", () => (typed = true));
  for (const link of document.querySelectorAll(".languages a[hreflang]")) {
    link.addEventListener("click", (event) => {
      const button = form.querySelector(`button[name="read_in"][value="${link.hreflang}"]`);
      if (!typed || !button || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      button.click();
    });
  }
}

if (document.querySelector("[data-count-url]")) setInterval(refreshCounts, 30000);
offerSharing();
offerPrinting();
document.querySelectorAll("[data-preview-form]").forEach(previewEntry);
document.querySelectorAll("[data-preview-form]").forEach(keepWhatIsTyped);

// The page of a delivery: compares a file or a receipt with what the page says. Nothing is sent.
"use strict";

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new TypeError("not hexadecimal");
  return Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
};

async function sha256(...parts) {
  const whole = new Uint8Array(await new Blob(parts).arrayBuffer());
  return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
}

// A file of at most this many bytes is read; none of a delivery is near it.
const MOST_BYTES = 1_000_000_000;

// RFC 9162, section 2.1.3.2, over the hashes of RFC 6962.
async function rootOf(receipt) {
  const data = new TextEncoder().encode(JSON.stringify(receipt.entry));
  let hash = await sha256(Uint8Array.of(0), data);
  let [index, last] = [receipt.index, receipt.size - 1];
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(last) || index < 0 || index > last) return "";
  const path = receipt.path.map(unhex);
  while (last > 0) {
    if (index !== last || index % 2) {
      const beside = path.shift();
      if (!beside) return "";
      hash = await sha256(Uint8Array.of(1), ...(index % 2 ? [beside, hash] : [hash, beside]));
    }
    [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
  }
  return path.length ? "" : hex(hash);
}

function readReceipt(text) {
  try {
    const found = JSON.parse(text);
    return found && found.format === "coalition-receipt-1" && Array.isArray(found.entry) ? found : null;
  } catch {
    return null;
  }
}

async function judge(file, box) {
  const unread = { right: false, verdict: "fileUnread", what: file.name };
  if (file.size > MOST_BYTES) return unread;
  const content = await file.arrayBuffer().catch(() => null); // a folder, or a file that is gone
  if (!content) return unread;
  const receipt = file.size < 100_000 ? readReceipt(new TextDecoder().decode(content)) : null;
  if (receipt) {
    const root = await rootOf(receipt).catch(() => "");
    const right = root === box.dataset.root && receipt.size === Number(box.dataset.size);
    return { right, verdict: right ? "receiptRight" : "receiptWrong", what: right ? receipt.entry[3] : file.name };
  }
  const hash = hex(await sha256(content));
  const name = [...document.querySelectorAll("[data-sha256]")].find((one) => one.dataset.sha256 === hash);
  const verdict = name ? name.dataset.verdict || "fileRight" : "fileWrong";
  return { right: Boolean(name), verdict, what: name ? name.dataset.name : file.name, hash };
}

function offerChecking(box) {
  const input = box.querySelector("input[type=file]");
  const answers = box.querySelector("[role=status]");
  const check = async (files) => {
    answers.replaceChildren();
    for (const file of files) {
      const { right, verdict, what, hash } = await judge(file, box);
      const line = document.createElement("p");
      line.className = right ? "notice success" : "notice warning";
      const name = document.createElement("strong");
      name.dir = "auto";
      name.textContent = what;
      line.append(name, " ", box.dataset[verdict]);
      if (hash) {
        const code = document.createElement("span");
        code.className = "hash";
        code.dir = "ltr";
        code.textContent = hash;
        line.append(document.createElement("br"), code);
      }
      answers.append(line);
    }
  };
  input.addEventListener("change", () => check(input.files));
  box.addEventListener("dragover", (event) => {
    event.preventDefault();
    box.classList.add("over");
  });
  box.addEventListener("dragleave", () => box.classList.remove("over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("over");
    check(event.dataTransfer.files);
  });
  box.hidden = false;
}

// Browsers compute hashes on secure pages only (https, or this machine itself).
if (window.crypto && crypto.subtle) document.querySelectorAll("[data-check]").forEach(offerChecking);

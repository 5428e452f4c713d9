/* What the pages do beyond plain HTML. Everything works without it but drafts, reading aloud and the finger's signature. */
"use strict";
(() => {
  document.documentElement.classList.add("has-js");
  if ("speechSynthesis" in window) document.documentElement.classList.add("can-speak");
  const body = document.body;
  const toast = () => document.getElementById("no-answer");

  // The line to the node: words stay on the page, and the person is told.
  const failed = () => { const t = toast(); if (t) t.hidden = false; };
  const answered = () => { const t = toast(); if (t) t.hidden = true; };
  body.addEventListener("htmx:sendError", failed);
  body.addEventListener("htmx:timeout", failed);
  body.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) answered(); });
  // A refused form comes back as a page with what is wrong: show it like any other answer.
  body.addEventListener("htmx:beforeSwap", (event) => {
    const status = event.detail.xhr.status;
    if (status >= 400) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });
  body.addEventListener("htmx:afterSettle", (event) => {
    const first = document.querySelector("[data-focus]");
    if (event.detail.boosted && first) first.focus();
  });

  // htmx notes each page's address for itself; of a case not even its code stays in the tab's store.
  const forget = () => { try { sessionStorage.clear(); } catch { /* there is none */ } };
  forget();
  for (const kind of ["htmx:pushedIntoHistory", "htmx:replacedInHistory"]) body.addEventListener(kind, forget);

  // Leave at once: no trace in the history, a harmless page in its place. (Before htmx, which would fetch it too.)
  document.addEventListener("click", (event) => {
    const leave = event.target.closest("[data-leave]");
    if (leave) { event.preventDefault(); event.stopPropagation(); body.textContent = ""; location.replace(leave.href); }
    const speak = event.target.closest("[data-speak]");
    if (speak) { event.preventDefault(); read(speak); }
    const print = event.target.closest("[data-print]");
    if (print) { event.preventDefault(); window.print(); }
  }, true);
  let presses = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    presses = presses.filter((at) => event.timeStamp - at < 1500).concat(event.timeStamp);
    const leave = document.querySelector("[data-leave]");
    if (leave && presses.length >= 3) leave.click();
  });

  // A page that the browser kept whole for "back" may be somebody else's to see by now: it is asked for anew.
  window.addEventListener("pageshow", (event) => { if (event.persisted) { body.textContent = ""; location.reload(); } });

  // Reading aloud, where the browser has a voice for the language.
  const read = (button) => {
    if (!("speechSynthesis" in window)) return;
    if (speechSynthesis.speaking) { speechSynthesis.cancel(); return; }
    const words = document.getElementById(button.dataset.speak);
    const said = new SpeechSynthesisUtterance(words.innerText);
    said.lang = words.lang || document.documentElement.lang;
    said.rate = 0.9;
    speechSynthesis.speak(said);
  };

  // An idle screen hides what it shows; the node has ended the session by then too.
  const idle = Number(body.dataset.idle || 0) * 1000;
  let last = Date.now();
  if (idle) {
    for (const kind of ["pointerdown", "keydown", "input", "scroll"]) {
      document.addEventListener(kind, () => { last = Date.now(); }, { passive: true });
    }
    setInterval(() => { if (Date.now() - last > idle) { body.textContent = ""; location.replace("/locked?to=" + encodeURIComponent(location.pathname)); } }, 5000);
  }

  // A finger's signature: the strokes go into a hidden field as a picture.
  const pads = () => document.querySelectorAll("canvas[data-signature]:not([data-ready])").forEach((canvas) => {
    if (!window.SignaturePad) return;
    canvas.dataset.ready = "1";
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    const pad = new window.SignaturePad(canvas, { penColor: "#1c2a4a" });
    const field = document.getElementById(canvas.dataset.signature);
    pad.addEventListener("endStroke", () => { field.value = pad.toDataURL("image/png"); });
    const wipe = document.querySelector(`[data-wipe="${canvas.id}"]`);
    if (wipe) wipe.addEventListener("click", () => { pad.clear(); field.value = ""; });
  });
  pads();
  body.addEventListener("htmx:afterSettle", pads);
})();

/* Small helps on top of pages that work without them. No page needs this file. */
(() => {
  "use strict";

  /* A button pressed twice sends once. The second submit is stopped; coming back by "Back" frees the form again. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog" || event.defaultPrevented) return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    if (form.method === "get") return;
    form.dataset.sending = "1";
    const button = event.submitter || form.querySelector("button:not([type=button])");
    if (button) button.setAttribute("aria-busy", "true");
  });
  const free = () => {
    for (const form of document.querySelectorAll("form[data-sending]")) delete form.dataset.sending;
    for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  };
  window.addEventListener("pageshow", free);
  document.addEventListener("htmx:afterRequest", free);

  /* Deadlines keep going. The sentences come with the page, in its language. */
  const formats = JSON.parse(document.body.dataset.clockFormats || "{}");
  const WARNS = 4 * 60; /* minutes; as in templatetags/ui.py */
  const tick = () => {
    for (const clock of document.querySelectorAll("time[data-deadline]")) {
      const left = Date.parse(clock.dateTime) - Date.now();
      if (Number.isNaN(left)) continue;
      const minutes = Math.floor(Math.abs(left) / 60000);
      const unit = minutes >= 1440 ? "days" : minutes >= 60 ? "hours" : minutes ? "minutes" : "now";
      const values = {
        days: Math.floor(minutes / 1440),
        hours: unit === "days" ? Math.floor(minutes / 60) % 24 : Math.floor(minutes / 60),
        minutes: minutes % 60,
      };
      const text = (formats[`${left > 0 ? "left" : "late"}_${unit}`] || "").replace(
        /\{(\w+)\}/g,
        (_, name) => values[name],
      );
      if (!text || text === clock.textContent) continue;
      clock.textContent = text;
      clock.classList.remove("pill-bad", "pill-wait", "pill-info");
      clock.classList.add(left <= 0 ? "pill-bad" : left <= WARNS * 60000 ? "pill-wait" : "pill-info");
    }
  };
  setInterval(tick, 15000);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) tick();
  });

  /* Keys: "/" to the search box, "?" to the help, and the key that a button names. */
  const open = (id) => {
    const dialog = document.getElementById(id);
    if (dialog && dialog.showModal && !dialog.open) dialog.showModal();
  };
  /* What a key unfolds gets the focus at its first box; pressed there once more it folds, and the hand is back at
     the box that always has the focus. */
  const unfold = (summary) => {
    const part = summary.closest("summary")?.parentElement;
    if (!part) return false;
    const folds = part.open && part.contains(document.activeElement);
    part.open = !folds;
    const box = folds
      ? document.querySelector("[data-keep-focus]") || summary
      : part.querySelector("input:not([type=hidden]):not([disabled]), select, textarea");
    box?.focus();
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const typing = event.target.closest(
      "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]",
    );
    const named = [...document.querySelectorAll("[data-key]")].find(
      (one) => one.dataset.key === event.key && !one.disabled,
    );
    if (named && (!typing || /^F\d+$/.test(event.key))) {
      event.preventDefault();
      unfold(named) || named.click();
    } else if (event.key === "/" && !typing) {
      const search = document.querySelector(
        "[data-search], [role=search] input:not([type=hidden]), input[type=search]",
      );
      if (search) {
        event.preventDefault();
        search.focus();
        if (search.select) search.select();
      }
    } else if (event.key === "?" && !typing) {
      open("keys");
    } else if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.menu[open]")) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
  });

  /* In a long form Enter goes on to the next box instead of sending everything. A box that another key or a
     scanner ends (data-enter="fill") presses the form's first button. */
  document.addEventListener("keydown", (event) => {
    const box = event.target;
    if (
      event.key !== "Enter" ||
      event.defaultPrevented ||
      event.isComposing ||
      !box.matches("form[data-enter=next] input, form[data-enter=next] select")
    )
      return;
    if (box.dataset.enter === "fill") return;
    event.preventDefault();
    const boxes = [...box.form.elements].filter(
      (one) =>
        one.matches("input:not([type=hidden]), select, textarea, button") &&
        !one.disabled &&
        one.tabIndex >= 0 &&
        one.offsetParent,
    );
    boxes[boxes.indexOf(box) + 1]?.focus();
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) open(opener.dataset.dialog);
    for (const menu of document.querySelectorAll("details.menu[open]"))
      if (!menu.contains(event.target) || opener) menu.open = false;
    const copy = event.target.closest("[data-copy]");
    if (copy && navigator.clipboard) {
      navigator.clipboard.writeText(copy.dataset.copy).then(() => {
        const said = copy.querySelector("[data-said]") || copy;
        if (copy.dataset.done) said.textContent = copy.dataset.done;
      });
    }
    const print = event.target.closest("[data-print]");
    if (print) window.print();
  });

  /* One box ticks the others of its form that bear the name it says. */
  document.addEventListener("change", (event) => {
    const name = event.target.dataset && event.target.dataset.checkAll;
    if (!name || !event.target.form) return;
    for (const box of event.target.form.elements) if (box.name === name) box.checked = event.target.checked;
  });

  /* Nobody is signed in here: lists that this device kept for work without a line go. What waits to be sent stays. */
  if (document.querySelector("[data-forget]")) {
    sessionStorage.removeItem("scan:waiting");
    if (window.caches)
      caches.keys().then((names) => {
        for (const name of names) if (name.startsWith("boarding-")) caches.delete(name);
      });
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith("boarding:") && !localStorage[key].includes('"waiting"')) localStorage.removeItem(key);
    }
  }

  /* What only helps with a script shows itself with one. */
  for (const one of document.querySelectorAll("[data-with-script]")) one.hidden = false;

  /* The summary of errors is read first; else the box that always has the focus gets it, and gets it back. */
  const start = () => {
    const summary = document.querySelector("[data-focus]");
    const box = document.querySelector("[data-keep-focus]");
    if (summary) summary.focus();
    else if (box) box.focus();
    if (!box) return;
    document.addEventListener("focusout", () =>
      setTimeout(() => {
        const now = document.activeElement;
        if ((!now || now === document.body) && !document.hidden) document.querySelector("[data-keep-focus]")?.focus();
      }, 50),
    );
    window.addEventListener("focus", () => {
      if (document.activeElement === document.body) box.focus();
    });
  };
  start();
})();

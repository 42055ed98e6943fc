// Place picker: a list under the box as you type. Everything works without it (see places/fields.py).
// fetch instead of htmx: the pages for citizens then load nothing but these few lines.
(() => {
  "use strict";
  const root = document.documentElement;
  if (root.dataset.placeScript) return; // two forms on one page bring the script twice
  root.dataset.placeScript = "ready"; // no name that a picker bears: the page itself is none

  const PAUSE = 200; // ms after the last key
  const parts = (picker) => ({
    box: picker.querySelector("[data-place-text]"),
    chosenFor: picker.querySelector("[data-place-for]"),
    id: picker.querySelector("[data-place-id]"),
    list: picker.querySelector("[data-place-list]"),
    status: picker.querySelector("[data-place-status]"),
  });

  function close(picker) {
    const { box, list } = parts(picker);
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function setUp(picker) {
    if (picker.dataset.ready) return;
    picker.dataset.ready = "true";
    const { box, list } = parts(picker);
    box.setAttribute("role", "combobox");
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-controls", list.id);
    box.setAttribute("aria-expanded", "false");
  }

  async function search(picker) {
    const { box, list, status } = parts(picker);
    picker.request?.abort();
    const request = (picker.request = new AbortController());
    const text = box.value.trim();
    if (text.length < 2) return close(picker);
    let html;
    try {
      const url = `${picker.dataset.search}&q=${encodeURIComponent(text)}`;
      const answer = await fetch(url, { signal: request.signal });
      if (!answer.ok) return close(picker);
      html = await answer.text();
    } catch {
      return close(picker); // line down or overtaken by the next key: the form resolves the text when sent
    }
    if (request.signal.aborted || document.activeElement !== box) return;
    list.innerHTML = html;
    const options = [...list.querySelectorAll("[data-id]")];
    options.forEach((option, place) => (option.id = `${list.id}_${place}`));
    const shown = list.querySelector("[role=option]") !== null;
    list.hidden = !shown;
    box.setAttribute("aria-expanded", String(shown));
    box.removeAttribute("aria-activedescendant");
    status.textContent = options.length
      ? picker.dataset.found.replace(/\[.*?\]/, options.length)
      : list.textContent.trim();
  }

  function choose(picker, option) {
    const { box, chosenFor, id } = parts(picker);
    box.value = chosenFor.value = option.dataset.name;
    id.value = option.dataset.id;
    close(picker);
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function move(picker, step) {
    const { box, list } = parts(picker);
    const options = [...list.querySelectorAll("[data-id]")];
    if (!options.length) return;
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const next = options[(at + step + options.length + (at < 0 && step < 0 ? 1 : 0)) % options.length];
    options.forEach((option) => option.setAttribute("aria-selected", String(option === next)));
    box.setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-place-text]")) return;
    const picker = event.target.closest("[data-place-picker]");
    const { id } = parts(picker);
    // What was chosen no longer holds for the new text.
    id.value = "";
    id.disabled = false;
    picker.querySelector("[data-place-offered]")?.remove();
    clearTimeout(picker.timer);
    picker.timer = setTimeout(() => search(picker), PAUSE);
  });

  document.addEventListener("keydown", (event) => {
    if (!event.target.matches?.("[data-place-text]")) return;
    const picker = event.target.closest("[data-place-picker]");
    const { list } = parts(picker);
    if (event.key === "ArrowDown" && list.hidden) return void search(picker);
    if (list.hidden) return;
    const active = list.querySelector("[aria-selected=true]");
    if (event.key === "ArrowDown") move(picker, 1);
    else if (event.key === "ArrowUp") move(picker, -1);
    else if (event.key === "Escape") close(picker);
    else if (event.key === "Enter" && active) choose(picker, active);
    else return;
    event.preventDefault();
  });

  // The box keeps the focus while an option is pressed, so that the list is still there for the click.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest?.("[data-place-list]")) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const option = event.target.closest?.("[data-place-list] [data-id]");
    if (option) choose(option.closest("[data-place-picker]"), option);
  });

  document.addEventListener("focusin", (event) => {
    const picker = event.target.closest?.("[data-place-picker]");
    if (picker) setUp(picker);
  });

  document.addEventListener("focusout", (event) => {
    const picker = event.target.closest?.("[data-place-picker]");
    if (picker && !picker.contains(event.relatedTarget)) close(picker);
  });

  document.querySelectorAll("[data-place-picker]").forEach(setUp);
})();

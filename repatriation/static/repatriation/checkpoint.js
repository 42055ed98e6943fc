/* Keys of the checkpoint beside those of every page: a key that goes to a part, and Escape back to the box. */
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-goes-to]");
    if (!opener) return;
    const part = document.getElementById(opener.dataset.goesTo);
    part?.querySelector("input:not([type=hidden]):not([disabled]), select, textarea")?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const box = document.querySelector("[data-keep-focus]");
    box?.focus();
    box?.select();
  });
})();

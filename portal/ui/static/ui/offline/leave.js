/* Signing out on a device where entries wait: their number is said first. What waits stays; lists go. */
(() => {
  "use strict";
  const COOKIE = "offline_key=; Max-Age=0; path=/officer/; SameSite=Strict";
  const NAME = "portal-offline";
  if (!self.indexedDB || !indexedDB.databases) return;

  async function store() {
    if (!(await indexedDB.databases()).some((one) => one.name === NAME)) return null;
    return new Promise((resolve) => {
      const request = indexedDB.open(NAME);
      request.onsuccess = () => resolve(request.result);
      request.onerror = request.onblocked = () => resolve(null);
    });
  }
  const all = (db, name) =>
    new Promise((resolve) => {
      if (!db.objectStoreNames.contains(name)) return resolve([]);
      const request = db.transaction(name).objectStore(name).getAll();
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve([]);
    });

  async function forget() {
    document.cookie = COOKIE;
    const db = await store();
    if (!db) return;
    if (db.objectStoreNames.contains("kept"))
      await new Promise((resolve) => {
        const work = db.transaction("kept", "readwrite");
        work.objectStore("kept").clear();
        work.oncomplete = work.onabort = resolve;
      });
    db.close();
  }

  const form = document.querySelector("form[data-leave]");
  if (document.querySelector("[data-forget]")) forget();
  if (!form) return;
  let sure = false;
  form.addEventListener(
    "submit",
    (event) => {
      if (sure) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      leave();
    },
    true,
  );

  async function leave() {
    const db = await store();
    const waits = db
      ? (await all(db, "entries")).filter((entry) => (entry.state || "waiting") === "waiting").length
      : 0;
    if (db) db.close();
    const dialog = document.getElementById("leave");
    if (waits && dialog && dialog.showModal) {
      dialog.querySelector("[data-leave-text]").textContent = dialog.dataset.text.replace("{n}", waits);
      dialog.showModal();
      return;
    }
    go();
  }

  async function go() {
    sure = true;
    await forget();
    form.requestSubmit();
  }
  document.querySelector("[data-leave-anyway]")?.addEventListener("click", go);
})();

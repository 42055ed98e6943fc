/* The checkpoint's pages on this device: they install themselves, and take along who is expected. */
(() => {
  "use strict";
  const box = document.querySelector("[data-offline]");
  const root = self.PortalOffline;
  if (!box || !root || !root.line || !self.indexedDB || !self.crypto?.subtle) return;
  const { store, line } = root;
  const { page, shell, worker } = box.dataset;
  const CACHE = "checkpoint";
  const EVERY = 10 * 60 * 1000; /* milliseconds between two lists */
  const isShell = !!document.querySelector("[data-checkpoint-shell]");

  /* The list of this sign-in, for one checkpoint; nothing when another has signed in since. */
  root.kit = async () => {
    const kept = await store.kept("checkpoint");
    return kept ? root.crypto.unlock(kept) : null;
  };

  async function takeAlong() {
    const place = box.dataset.place || (await root.kit())?.place.id;
    if (!place) return null;
    const { status, data } = await line.post(box.dataset.kitUrl, new URLSearchParams({ at: place }));
    if (status === 403 || status === 404) {
      await store.dropKept(); /* no longer this officer's checkpoint */
      return null;
    }
    if (status !== 200 || !data) return null;
    const locked = await root.crypto.lock({ ...data, taken: Date.now() });
    if (locked) await store.keep("checkpoint", locked);
    root.user = data.user.id;
    root.refreshBar?.();
    return data;
  }
  root.takeAlong = takeAlong;

  /* The page without people, and the files that it loads. A page that is not the portal's is not kept. */
  async function install() {
    if (!("serviceWorker" in navigator)) return;
    await navigator.serviceWorker.register(worker);
    const reply = await fetch(shell, { credentials: "same-origin", redirect: "manual" });
    const text = reply.ok ? await reply.clone().text() : "";
    if (!text.includes("data-checkpoint-shell")) return;
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const files = [...fresh.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")]
      .map((one) => new URL(one.getAttribute("href") || one.getAttribute("src"), location.origin).href)
      .filter((address) => address.startsWith(`${location.origin}/static/`));
    const cache = await caches.open(CACHE);
    for (const address of new Set(files)) {
      if (await cache.match(address)) continue;
      const file = await fetch(address);
      if (file.ok && !/text\/html/.test(file.headers.get("Content-Type") || "")) await cache.put(address, file);
    }
    for (const kept of await cache.keys())
      if (kept.url.startsWith(`${location.origin}/static/`) && !files.includes(kept.url)) await cache.delete(kept);
    await cache.put(shell, reply);
    box.dataset.installed = "1";
  }

  line.start({ line: box.dataset.lineUrl, send: box.dataset.sendUrl, place: box.dataset.place });
  if (isShell) return;
  const again = () =>
    takeAlong()
      .then((kit) => {
        if (kit) box.dataset.taken = "1";
      })
      .catch(() => {});
  root.user = Number(box.dataset.user) || 0;
  if (box.dataset.place) {
    again();
    setInterval(again, EVERY);
  }
  if (page && location.pathname.startsWith(page)) install().catch(() => {});
})();

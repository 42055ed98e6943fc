/* Opens the boarding page of one trip while the line is down: the page without people, which boarding.js keeps. It lies
   under the page's own address and answers for nothing but that page and the files which the page loads. */
"use strict";
const PAGE = new URL(self.registration.scope).pathname;
const CACHE = "boarding-" + PAGE.split("/").slice(-3)[0];
const PATIENCE = 6000; /* milliseconds for the page on a bad line, where one is kept */

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname === PAGE) event.respondWith(page(request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
});

async function page(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(PAGE);
  const asked = fetch(request).then((answer) => {
    const isPortals = answer.type === "opaqueredirect" || answer.headers.has("X-Reference");
    return kept && (answer.status >= 500 || !isPortals) ? kept.clone() : answer;
  });
  if (!kept) return asked;
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE));
  return Promise.race([asked.catch(() => kept), late]);
}

async function file(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (kept && /\.[0-9a-f]{12}\./.test(request.url)) return kept; /* its name changes with what is in it */
  try {
    const answer = await fetch(request);
    if (answer.ok && !/text\/html/.test(answer.headers.get("Content-Type") || "")) cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

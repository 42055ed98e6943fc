/* Opens the checkpoint's pages while there is no line: it answers with the page without people that this device keeps.
   What an officer sent and could not be delivered is handed to that page. */
"use strict";
const PAGE = new URL(self.registration.scope).pathname;
const SHELL = `${PAGE}offline/`;
const LINE = "/officer/offline/line/";
const CACHE = "checkpoint";
const READING = 6000; /* milliseconds for a page that is asked for, where one is kept */
const SENDING = 12000; /* for a form */
let typed = null; /* the form that could not be delivered, until the page asks for it */

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data !== "typed" || !event.ports[0]) return;
  event.ports[0].postMessage(typed);
  typed = null;
});

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "GET" && url.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate" && url.pathname.startsWith(PAGE)) event.respondWith(page(request));
});

const after = (time) => new Promise((_resolve, reject) => setTimeout(() => reject(new Error("late")), time));

async function page(request) {
  const cache = await caches.open(CACHE);
  const shell = await cache.match(SHELL);
  if (!shell) return fetch(request);
  const sends = request.method === "POST";
  const form = sends ? await fields(request.clone()) : null;
  try {
    const answer = await Promise.race([fetch(request), after(sends ? SENDING : READING)]);
    if (answer.type === "opaqueredirect") {
      if (await isPortal()) return answer;
    } else if (answer.headers.has("X-Reference") && answer.status < 500 && answer.status !== 429) return answer;
  } catch {
    /* no line, or too slow: the page that is kept answers */
  }
  typed = form && { address: request.url, fields: form };
  return shell;
}

async function fields(request) {
  try {
    return [...new URLSearchParams(await request.text())];
  } catch {
    return null;
  }
}

/* Whether the portal is at the other end: another page may answer everything with a redirect of its own. */
async function isPortal() {
  const answer = await Promise.race([fetch(LINE, { cache: "no-store", redirect: "manual" }), after(READING)]);
  return answer.ok && (await answer.json()).portal === "portal-offline-1";
}

async function file(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (kept && /\.[0-9a-f]{12}\./.test(request.url)) return kept; /* its name changes with what is in it */
  try {
    return await fetch(request);
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

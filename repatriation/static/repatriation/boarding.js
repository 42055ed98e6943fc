/* Boarding while the line is down: what is pressed is kept on the device at once, shown at once, and sent in
   its order when the line is there. Without this file every press is a plain POST. */
(() => {
  "use strict";
  const root = document.querySelector("[data-boarding]");
  const portal = self.PortalOffline;
  if (!root || !portal || !portal.line || !self.indexedDB || !self.crypto?.subtle) return;
  const { store, line } = portal;
  const { code, fold, put, answer } = portal.typed;
  const { trip, user, send } = root.dataset;
  const texts = JSON.parse(root.dataset.texts);
  const PAGE = location.pathname;
  const CACHE = `boarding-${trip}`;
  const KEPT = `boarding:${trip}`; /* the list and what seals entries, encrypted with the key of this sign-in */
  const OLD = `boarding:${user}:${trip}`; /* where an older version kept entries */
  const find = (selector) => root.querySelector(selector);
  const all = (selector, within = root) => [...within.querySelectorAll(selector)];

  /* --- What is kept: entries that wait, that were sent since the list was fetched, that were refused --- */
  let entries = [];
  let kit = null;
  const waiting = () => entries.filter((one) => one.state === "waiting");

  async function read() {
    const list = [];
    for (const kept of await store.entries()) {
      if (kept.kind !== "boarding" || kept.page !== trip) continue;
      const label = (await portal.crypto.unlock(kept.label)) || {};
      const text = kept.text ? await portal.crypto.unlock(kept.text) : "";
      const state = kept.state === "to_settle" ? "refused" : "waiting";
      list.push({
        do: "",
        ...label,
        label: label.label || kept.officer,
        key: kept.key,
        sequence: kept.sequence,
        state,
        text,
      });
    }
    const known = new Set(list.map((one) => one.key));
    for (const one of entries) {
      if (known.has(one.key) || one.seen) continue;
      list.push(one.isKept ? { ...one, state: "sent" } : one);
    }
    for (const one of list) if (known.has(one.key)) one.isKept = true;
    entries = list;
    show();
    if (entries.some((one) => one.state === "sent") && line.state.line === "good" && line.state.user) refresh();
  }

  /* --- The list --- */
  const lines = () => all("[data-line]");
  const people = (line) => all("[data-person]", line);
  const isOn = (person) => person.dataset.on === "1";
  const byCode = (text) => lines().find((line) => line.dataset.code && code(line.dataset.code) === code(text));

  /* --- The page as it stands with what waits --- */
  function show() {
    for (const person of all("[data-person]")) person.dataset.on = person.dataset.base;
    let extra = 0;
    for (const entry of entries) {
      if (entry.state === "refused") continue;
      const [verb, number] = entry.do.split(":");
      const line = byCode(entry.code || "-");
      if (verb === "board" && line)
        for (const one of people(line)) if (!number || one.dataset.person === number) one.dataset.on = "1";
      if (verb === "undo") for (const one of all(`[data-person="${number}"]`)) one.dataset.on = "0";
      if (verb === "walk_on" || verb === "strangers") extra += entry.people || 1;
    }
    for (const line of lines()) {
      const on = people(line).filter(isOn).length;
      for (const person of people(line)) {
        for (const part of all("[data-on]", person)) part.hidden = !isOn(person);
        for (const part of all("[data-off]", person)) part.hidden = isOn(person);
      }
      for (const part of all("[data-family-off]", line)) part.hidden = on === people(line).length;
      for (const part of all("[data-none-on]", line)) part.hidden = on > 0;
    }
    const count = find("[data-boarded]");
    if (count) count.textContent = all("[data-person]").filter(isOn).length + extra;
    showLine();
    showRefused();
  }

  function showLine() {
    const left = waiting().length;
    const cut = !["good", "unknown"].includes(line.state.line);
    find("[data-line-state]").hidden = !cut && !left;
    find("[data-line-text]").textContent = line.state.line === "stranger" ? texts.stranger : cut ? texts.offline : "";
    find("[data-line-waiting]").textContent = left ? put(texts.waiting, { n: left }) : "";
    const ended = line.state.line === "good" && !line.state.user;
    find("[data-session]").hidden = !ended;
    find("[data-session-text]").textContent = ended ? texts.session : "";
  }

  function showRefused() {
    const list = find("[data-refused]");
    const refused = entries.filter((one) => one.state === "refused");
    list.hidden = !refused.length;
    list.replaceChildren(
      ...refused.map((entry) => {
        const row = document.createElement("li");
        row.className = "message message-error row-actions";
        const said = document.createElement("span");
        said.textContent = `${entry.label}: ${entry.text}`;
        const button = document.createElement("button");
        button.type = "button";
        button.className = "btn btn-outline-danger";
        button.textContent = texts.seen;
        button.addEventListener("click", async () => {
          entry.seen = true;
          await store.settle(entry.key, entry.sequence);
          clear();
        });
        row.append(said, button);
        return row;
      }),
    );
  }

  /* --- What was pressed --- */
  async function add(action, fields, label, more = {}) {
    const key = crypto.randomUUID();
    entries.push({ key, do: action, label, state: "waiting", ...more });
    show();
    try {
      await keep(key, action, fields, label, more);
    } catch (error) {
      entries = entries.filter((one) => one.key !== key);
      show();
      answer("bad", error.isFull ? texts.full : texts.unreadable);
    }
  }

  async function keep(key, action, fields, label, more) {
    const seals = kit || (await taken);
    if (!seals) throw new Error("no key");
    await line.record({
      key,
      kind: "boarding",
      place: seals.place.id,
      page: trip,
      fields: [...fields.filter(([name]) => !["client_key", "do", "at"].includes(name)), ["do", action]],
      more: { trip },
      label: { do: action, label, ...more },
      kit: seals,
    });
  }

  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-entry]")) return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    const action = String(data.get("do") || "");
    const [verb, number] = action.split(":");
    const given = String(data.get("code") || "");
    if (verb === "scan") {
      const text = String(data.get("q") || "");
      form.reset();
      if (text.trim()) scanned(text);
      return;
    }
    const fields = [...data.entries()].map(([name, value]) => [name, String(value)]);
    if (verb === "board") {
      got(byCode(given), number, given);
      return;
    }
    if (verb === "undo") {
      const name = find(`[data-person="${number}"]`)?.dataset.name || "";
      answer("info", texts.undone, name);
      add(action, fields, name);
      return;
    }
    if (verb === "absent") {
      add(action, fields, given);
      return;
    }
    if (!form.reportValidity()) return;
    if (verb === "walk_on") {
      if (!String(data.get("reason") || "").trim()) {
        now(fields, action);
        return;
      }
      answer("info", texts.walk_on, given);
      add(action, fields, given, { code: given });
      return;
    }
    const names = fields
      .filter(([name, value]) => /^form-\d+-full_name$/.test(name) && value.trim())
      .map(([, value]) => value);
    if (!names.length || !String(data.get("reason") || "").trim()) {
      now(fields, action);
      return;
    } /* the portal says what is missing */
    answer("info", texts.walk_on, names.join(", "));
    add(action, fields, names.join(", "), { people: names.length });
    form.reset();
    form.closest("details").open = false;
  });

  function got(line, number, given) {
    const missing = line ? people(line).filter((one) => !isOn(one) && (!number || one.dataset.person === number)) : [];
    if (line && !missing.length) {
      answer(
        "info",
        texts.already,
        people(line)
          .map((one) => one.dataset.name)
          .join(", "),
      );
      return;
    }
    const names = missing.map((one) => one.dataset.name).join(", ");
    answer("good", put(texts.boarded, { n: missing.length || 1 }), names);
    add(number ? `board:${number}` : "board", [["code", given]], names || given, { code: given });
  }

  function scanned(text) {
    for (const line of lines()) line.hidden = false;
    const line = byCode(text);
    if (line && line.dataset.absent === undefined) {
      got(line, "", line.dataset.code);
      return;
    }
    if (!line && !text.includes("|") && !/\d/.test(text)) {
      const wanted = fold(text);
      const named = lines().filter((one) => people(one).some((person) => fold(person.dataset.name).includes(wanted)));
      if (named.length === 1 && named[0].dataset.code && named[0].dataset.absent === undefined) {
        got(named[0], "", named[0].dataset.code);
        return;
      }
      if (named.length > 1) {
        for (const one of lines()) one.hidden = !named.includes(one);
        answer("info", texts.several);
        return;
      }
    }
    now([["q", text]], "scan", () => unknown(text));
  }

  function unknown(text) {
    const known = document.getElementById("unknown").content.cloneNode(true);
    for (const box of known.querySelectorAll("[name=code]")) box.value = text.trim();
    if (/\s/.test(text.trim()) || text.includes("|"))
      for (const form of known.querySelectorAll("[data-walk-on]")) form.remove();
    document.getElementById("answer").replaceChildren(known);
  }

  /* Ask at once, for the answer's sake: nothing is kept when the line is down. */
  async function now(fields, action, otherwise) {
    const one = [
      ...fields.filter(([name]) => name !== "client_key" && name !== "do"),
      ["client_key", crypto.randomUUID()],
      ["do", action],
    ];
    try {
      const body = JSON.stringify({ entries: [one] });
      const { data } = await line.post(send, body, { "Content-Type": "application/json" });
      if (!data || !data.results) {
        if (otherwise) otherwise();
        return;
      }
      const box = document.createElement("template");
      box.innerHTML = data.results[0].html;
      document.getElementById("answer").replaceChildren(box.content);
      refresh();
    } catch {
      if (otherwise) otherwise();
    }
  }

  /* The list as the portal has it now, also for the next time without a line. */
  let refreshing = false;
  async function refresh() {
    if (refreshing) return;
    refreshing = true;
    try {
      const seen = entries.filter((one) => one.state === "sent").map((one) => one.key);
      const reply = await fetch(PAGE, {
        redirect: "manual",
        credentials: "same-origin",
        signal: AbortSignal.timeout?.(20000),
      });
      if (!reply.ok) return;
      const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
      const live = fresh.getElementById("live");
      if (!live) return;
      await keepPage(fresh, reply.headers);
      document.getElementById("live").replaceWith(live);
      entries = entries.filter((one) => !seen.includes(one.key));
      show();
      clear();
    } catch {
      /* the line is gone again */
    } finally {
      refreshing = false;
    }
  }

  /* The page without people goes into the cache, the list is encrypted with the key of this sign-in. */
  async function keepPage(fresh, headers) {
    const locked = kit && (await portal.crypto.lock({ kit, live: fresh.getElementById("live").outerHTML }));
    if (locked) await store.keep(KEPT, locked);
    if (!window.caches) return;
    const bare = fresh.cloneNode(true);
    const live = bare.getElementById("live");
    live.replaceChildren();
    live.dataset.shell = "1";
    bare.getElementById("answer").replaceChildren();
    for (const one of bare.querySelectorAll(".menu-user, [name=csrfmiddlewaretoken], .message")) {
      if (one.matches("[data-session]")) continue;
      one.remove();
    }
    const text = `<!DOCTYPE html>\n${bare.documentElement.outerHTML}`;
    const kept = { "Content-Type": "text/html; charset=utf-8" };
    for (const name of ["Content-Security-Policy", "Referrer-Policy"])
      if (headers.get(name)) kept[name] = headers.get(name);
    await (await caches.open(CACHE)).put(PAGE, new Response(text, { headers: kept }));
  }

  /* --- The device --- */
  async function install() {
    if (!("serviceWorker" in navigator)) return;
    try {
      await navigator.serviceWorker.register(`${PAGE}worker.js`);
      const cache = await caches.open(CACHE);
      const files = performance
        .getEntriesByType("resource")
        .map((one) => one.name)
        .filter((name) => name.startsWith(`${location.origin}/static/`));
      for (const file of new Set(files)) if (!(await cache.match(file))) await cache.add(file);
      root.dataset.kept = "1";
    } catch {
      /* without it the page works while it stays open */
    }
  }

  /* The trip is over and everything is sent: nothing of it stays on the device. */
  async function clear() {
    if (!document.getElementById("live").dataset.over || entries.length) return;
    localStorage.removeItem(OLD);
    await store.letGo(KEPT);
    if (window.caches) await caches.delete(CACHE);
    if ("serviceWorker" in navigator)
      for (const one of await navigator.serviceWorker.getRegistrations())
        if (one.scope.endsWith(PAGE)) await one.unregister();
  }

  /* What this sign-in has kept, or what the portal gives it now. */
  async function takeAlong() {
    const { status, data } = await line.post(root.dataset.kitUrl, new URLSearchParams());
    if (status !== 200 || !data) return null;
    kit = data;
    return kit;
  }

  async function open() {
    const kept = await portal.crypto.unlock(await store.kept(KEPT));
    if (kept) kit = kept.kit;
    const live = document.getElementById("live");
    if (!live.dataset.shell) return;
    if (!kept) {
      answer("bad", texts.unreadable);
      return;
    }
    const box = document.createElement("template");
    box.innerHTML = kept.live;
    live.replaceWith(box.content);
  }

  /* Entries of an older version lie readable in another store: they are sealed and go the same way. */
  async function moveOld() {
    for (const one of JSON.parse(localStorage.getItem(OLD)) || [])
      if (one.state === "waiting")
        await keep(one.key, one.do, one.fields, one.label, { code: one.code, people: one.people });
    localStorage.removeItem(OLD);
  }

  portal.onChange((what) => what !== "blocked" && read());
  portal.onLine(() => {
    showLine();
    if (entries.some((one) => one.state === "sent") && line.state.line === "good" && line.state.user) refresh();
  });
  const isOver = !!document.getElementById("live").dataset.over;
  const opened = open();
  line.start({ line: root.dataset.lineUrl, send: root.dataset.queueUrl, place: root.dataset.place });
  const taken = opened.then(takeAlong).catch(() => kit);
  (async () => {
    await opened;
    await read();
    await taken;
    if (kit && localStorage.getItem(OLD)) await moveOld();
    if (isOver) return clear();
    await install();
    await refresh();
  })().catch(() => {});
})();

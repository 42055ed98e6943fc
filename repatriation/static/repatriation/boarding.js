/* Boarding while the line is down: what is pressed is kept on the device at once, shown at once, and sent in
   its order when the line is there. Without this file every press is a plain POST. */
(() => {
  "use strict";
  const root = document.querySelector("[data-boarding]");
  if (!root || !window.fetch || !window.crypto?.randomUUID) return;
  const { trip, user, send } = root.dataset;
  const texts = JSON.parse(root.dataset.texts);
  const PAGE = location.pathname;
  const CACHE = `boarding-${trip}`;
  const STORE = `boarding:${user}:${trip}`;
  const EVERY = 10000; /* milliseconds between two tries while something waits */
  const PATIENCE = 20000;
  const find = (selector) => root.querySelector(selector);
  const all = (selector, within = root) => [...within.querySelectorAll(selector)];
  const put = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  let busy = false;
  let cut = !navigator.onLine;
  let problem = ""; /* "session" or "stale": somebody must act before anything can be sent */

  /* --- What is kept: entries that wait, that were sent since the list was fetched, that were refused --- */
  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(STORE)) || [];
    } catch {
      return [];
    }
  };
  let entries = read();
  /* Another tab may have added some meanwhile, so each change starts from what is kept. */
  const change = (how) => {
    entries = how(read());
    if (entries.length) localStorage.setItem(STORE, JSON.stringify(entries));
    else localStorage.removeItem(STORE);
    show();
  };
  const waiting = () => entries.filter((one) => one.state === "waiting");

  /* --- Codes and names as people type them --- */
  const code = (text) =>
    text
      .trim()
      .replace(/\/+$/, "")
      .split("/")
      .pop()
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, "")
      .replace(/[OILSU]/g, (letter) => "0115V"["OILSU".indexOf(letter)]);
  const fold = (text) =>
    text
      .normalize("NFD")
      .replace(/[\u0300-\u036f]/g, "")
      .replace(/[đĐ]/g, "d")
      .toLowerCase()
      .trim();
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
    const bar = find("[data-line-state]");
    bar.hidden = !cut && !left;
    find("[data-line-text]").textContent = cut ? texts.offline : "";
    find("[data-line-waiting]").textContent = left ? put(texts.waiting, { n: left }) : "";
    const session = find("[data-session]");
    session.hidden = !problem;
    find("[data-session-text]").textContent = problem ? texts[problem] : "";
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
        button.addEventListener("click", () => {
          change((kept) => kept.filter((one) => one.key !== entry.key));
          clear();
        });
        row.append(said, button);
        return row;
      }),
    );
  }

  function answer(tone, title, text = "") {
    const box = document.createElement("div");
    box.className = `answer answer-${tone}`;
    const first = document.createElement("p");
    first.className = "answer-title";
    first.textContent = title;
    const second = document.createElement("p");
    second.textContent = text;
    box.append(first, second);
    document.getElementById("answer").replaceChildren(box);
  }

  /* --- What was pressed --- */
  function add(action, fields, label, more = {}) {
    const key = crypto.randomUUID();
    const at = Date.now();
    const sent = [
      ...fields.filter(([name]) => !["client_key", "do", "at", "csrfmiddlewaretoken"].includes(name)),
      ["client_key", key],
      ["do", action],
      ["at", String(at)],
    ];
    change((kept) => [...kept, { key, do: action, fields: sent, label, state: "waiting", ...more }]);
    flush();
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
      const found = await post([one]);
      if (!found) {
        if (otherwise) otherwise();
        return;
      }
      const box = document.createElement("template");
      box.innerHTML = found[0].html;
      document.getElementById("answer").replaceChildren(box.content);
      refresh();
    } catch {
      setCut(true);
      if (otherwise) otherwise();
    }
  }

  /* --- Sending --- */
  const token = () =>
    decodeURIComponent((document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) || [])[1] || "") ||
    find("[name=csrfmiddlewaretoken]")?.value ||
    "";
  const timed = () => (AbortSignal.timeout ? AbortSignal.timeout(PATIENCE) : undefined);

  /* What became of each, or nothing when somebody must sign in or load the page again first. */
  async function post(list) {
    const reply = await fetch(send, {
      method: "POST",
      redirect: "manual",
      credentials: "same-origin",
      signal: timed(),
      headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
      body: JSON.stringify({ entries: list }),
    });
    if (reply.type === "opaqueredirect" || reply.status === 401) problem = "session";
    else if ([400, 403, 404].includes(reply.status)) problem = (await isSignedIn()) ? "stale" : "session";
    else if (!reply.ok) throw new Error(String(reply.status));
    else problem = "";
    setCut(false);
    return problem ? null : (await reply.json()).results;
  }

  async function isSignedIn() {
    return (
      (await fetch(PAGE, { redirect: "manual", credentials: "same-origin", signal: timed() })).type !== "opaqueredirect"
    );
  }

  function setCut(value) {
    cut = value;
    showLine();
  }

  async function flush() {
    if (busy) return;
    const now = waiting().slice(0, 100);
    if (!now.length) return;
    busy = true;
    try {
      const results = await post(now.map((one) => one.fields));
      if (results) {
        const told = new Map(results.map((one) => [one.key, one]));
        change((kept) =>
          kept.map((entry) => {
            const result = told.get(entry.key);
            return result ? { ...entry, state: result.refused ? "refused" : "sent", text: result.text } : entry;
          }),
        );
        await refresh();
      }
    } catch {
      setCut(true);
    } finally {
      busy = false;
      show();
      if (!cut && !problem && waiting().length) flush();
    }
  }

  /* The list as the portal has it now, also for the next time without a line. */
  async function refresh() {
    const reply = await fetch(PAGE, { redirect: "manual", credentials: "same-origin", signal: timed() });
    if (!reply.ok) return;
    const copy = reply.clone();
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
    const live = fresh.getElementById("live");
    if (!live) return;
    document.getElementById("live").replaceWith(live);
    change((kept) => kept.filter((one) => one.state !== "sent"));
    if (window.caches) (await caches.open(CACHE)).put(PAGE, copy);
    clear();
  }

  /* --- The device --- */
  async function install() {
    if (!("serviceWorker" in navigator)) return;
    try {
      await navigator.serviceWorker.register(`${PAGE}worker.js`);
      if (navigator.serviceWorker.controller) return;
      const files = performance
        .getEntriesByType("resource")
        .map((one) => one.name)
        .filter((name) => name.startsWith(`${location.origin}/static/`));
      await (await caches.open(CACHE)).addAll([PAGE, ...new Set(files)]);
      root.dataset.kept = "1";
    } catch {
      /* without it the page works while it stays open */
    }
  }

  /* The trip is over and everything is sent: nothing of it stays on the device. */
  async function clear() {
    if (!document.getElementById("live").dataset.over || entries.length) return;
    localStorage.removeItem(STORE);
    if (window.caches) await caches.delete(CACHE);
    if ("serviceWorker" in navigator)
      for (const one of await navigator.serviceWorker.getRegistrations())
        if (one.scope.endsWith(PAGE)) await one.unregister();
  }

  window.addEventListener("storage", (event) => {
    if (event.key === STORE) {
      entries = read();
      show();
    }
  });
  window.addEventListener("online", () => {
    setCut(false);
    flush();
  });
  window.addEventListener("offline", () => setCut(true));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && waiting().length) flush();
  });
  setInterval(() => {
    if (waiting().length && problem !== "stale") flush();
  }, EVERY);
  if (entries.some((one) => one.state === "sent") && !cut) refresh().catch(() => setCut(true));
  show();
  flush();
  if (document.getElementById("live").dataset.over) clear();
  else install();
})();

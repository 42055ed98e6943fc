/* The line to the portal: whether there is one, and sending what waits. An entry leaves the device only when an answer
   of the portal names its key and its number; any other answer counts for nothing. */
(() => {
  "use strict";
  const root = (self.PortalOffline = self.PortalOffline || {});
  const { store } = root;
  const MARK = "portal-offline-1";
  const SHORT = 8000; /* milliseconds after which a question is given up */
  const LONG = 20000; /* for a request with entries */
  const PAUSES = [3000, 6000, 12000, 24000, 35000]; /* between tries; with LONG the last stays below a minute */
  const AT_ONCE = 10; /* entries in one request */
  const LEASE = 30000;

  const state = {
    line: navigator.onLine ? "unknown" : "cut" /* good, cut, stranger, busy */,
    user: null /* who is signed in, as the portal said last */,
    sending: false,
    secondsAhead: 0 /* of the portal's clock, when it was heard of last */,
    answers: [] /* what became of entries since the page was opened */,
    mayForget: false,
  };
  let urls = null;
  let tries = 0;
  let timer = 0;
  const listeners = new Set();
  const tell = () => {
    for (const listener of listeners) listener(state);
  };
  const set = (values) => {
    Object.assign(state, values);
    tell();
  };

  class NoLine extends Error {
    constructor(line) {
      super(line);
      this.line = line;
    }
  }

  async function ask(address, options = {}, patience = SHORT) {
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), patience);
    let reply, data;
    try {
      reply = await fetch(address, {
        credentials: "same-origin",
        redirect: "manual",
        cache: "no-store",
        signal: stop.signal,
        ...options,
      });
      if (reply.status === 429 || reply.status >= 500) throw new NoLine("busy");
      data = reply.type === "opaqueredirect" ? null : await reply.json().catch(() => null);
    } catch (error) {
      throw error instanceof NoLine ? error : new NoLine("cut");
    } finally {
      clearTimeout(late);
    }
    return { status: reply.status, data: data && data.portal === MARK ? data : null };
  }

  /* Whether the portal itself answers, who is signed in, and the token of this moment. Fails without a line. */
  async function meet() {
    const { data } = await ask(urls.line);
    if (!data) throw new NoLine("stranger");
    const ahead = Math.round((Date.now() - data.now) / 1000);
    await store.setFact("clock", { seen: data.now, ahead });
    set({ line: "good", user: data.user, secondsAhead: ahead });
    return data;
  }

  async function post(address, body, options = {}, patience = LONG) {
    const { csrf } = await meet();
    return ask(address, { method: "POST", headers: { "X-CSRFToken": csrf, ...options }, body }, patience);
  }

  const waiting = async () => (await store.entries()).filter((entry) => entry.state === "waiting");

  async function batch() {
    const all = await waiting();
    const now = all.slice(0, AT_ONCE);
    if (!now.length) return "done";
    const met = await meet();
    if (!met.user) return "session";
    const rest = all.slice(AT_ONCE);
    const { status, data } = await ask(
      urls.send,
      {
        method: "POST",
        headers: { "X-CSRFToken": met.csrf, "Content-Type": "application/json" },
        body: JSON.stringify({
          device: await store.device(),
          place: Number(urls.place || now[0].place),
          waiting: rest.length,
          since: rest.length ? Math.max(0, Math.min(...rest.map((entry) => entry.at))) : null,
          clock: Math.max(0, Date.now()),
          may_forget: state.mayForget,
          entries: now.map(({ key, sequence, key_id, sealed }) => ({ key, sequence, key_id, sealed })),
        }),
      },
      LONG,
    );
    if (status !== 200 || !data || !Array.isArray(data.results)) return "refused";
    return (await took(now, data.results)) ? "more" : "later";
  }

  /* Let go of what the portal named; keep what it wants to have again. */
  async function took(sent, results) {
    let took = 0;
    for (const result of results) {
      const entry = sent.find((one) => one.key === result.key && one.sequence === result.sequence);
      if (!entry) continue;
      if (["stored", "repeated", "waits"].includes(result.state)) {
        await store.settle(entry.key, entry.sequence);
      } else if (result.state === "to_settle") {
        const text = await root.crypto.lock(result.text);
        await store.settle(entry.key, entry.sequence, { state: "to_settle", sealed: "", text });
      } else continue;
      took += 1;
      state.answers.push(result);
    }
    return took;
  }

  /* One tab sends at a time: by a lock of the browser, or by a lease where it has none. */
  async function alone(work) {
    if (navigator.locks)
      return navigator.locks.request("portal-offline-send", { ifAvailable: true }, (lock) => (lock ? work() : null));
    const lease = await store.fact("lease");
    const now = Date.now();
    if (lease && lease.until > now && lease.until < now + LEASE * 2) return null;
    await store.setFact("lease", { until: now + LEASE });
    try {
      return await work();
    } finally {
      await store.setFact("lease", null);
    }
  }

  async function flush() {
    clearTimeout(timer);
    if (state.sending) return;
    let ended = "";
    set({ sending: true });
    try {
      await alone(async () => {
        do ended = await batch();
        while (ended === "more");
      });
    } catch (error) {
      if (!(error instanceof NoLine)) console.warn(error);
      ended = "cut";
      set({ line: error.line || "busy" });
    }
    set({ sending: false });
    if (ended === "done") tries = 0;
    else tries += 1;
    await plan();
  }

  /* Try again by itself while something waits; the pauses grow, and stay below a minute. */
  async function plan() {
    clearTimeout(timer);
    const left = await waiting();
    if (left.length) timer = setTimeout(flush, PAUSES[Math.min(tries, PAUSES.length - 1)]);
    else if (state.line !== "good") timer = setTimeout(look, PAUSES[Math.min((tries += 1), PAUSES.length - 1)]);
  }

  /* Look whether there is a line, where nothing waits. */
  async function look() {
    try {
      await meet();
      tries = 0;
    } catch (error) {
      set({ line: error.line || "cut" });
    }
    await plan();
  }

  function soon() {
    tries = 0;
    clearTimeout(timer);
    timer = setTimeout(flush, 50);
  }

  /* Keep an entry and send it as soon as it can be. `person` is who records; `label` names people and is locked. */
  async function record({ key, kind, place, fields, people, registration, after, more, label, kit, page }) {
    const sequence = await store.nextSequence();
    const at = Date.now();
    const content = {
      kind,
      place,
      at,
      after: after || "",
      recorder: kit.recorder,
      registration: registration || "",
      fields: fields.filter(([name]) => name !== "csrfmiddlewaretoken"),
      more: more || {},
    };
    const sealed = await root.crypto.seal(kit.key.public, content, `${key}:${sequence}`);
    await store.add({
      key,
      sequence,
      key_id: kit.key.id,
      sealed,
      place,
      kind,
      at,
      people: people || 0,
      page: page || "",
      user: kit.user.id,
      officer: kit.user.name,
      label: await root.crypto.lock(label || ""),
      state: "waiting",
      tries: 0,
    });
    soon();
    return sequence;
  }

  /* How long this device may be trusted to keep what waits, as the browser says. */
  async function askToKeep() {
    if (!navigator.storage || !navigator.storage.persist) return set({ mayForget: true });
    set({ mayForget: !((await navigator.storage.persisted()) || (await navigator.storage.persist())) });
  }

  /* The clock went back behind the portal's own, as it was heard last. */
  async function clockIsWrong() {
    const known = await store.fact("clock");
    if (!known) return 0;
    const behind = Math.round((Date.now() - known.seen) / 1000);
    if (behind < -120) return behind;
    return Math.abs(known.ahead) > 120 ? known.ahead : 0;
  }

  function start(addresses) {
    urls = addresses;
    window.addEventListener("online", soon);
    window.addEventListener("offline", () => {
      set({ line: "cut" });
      plan();
    });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) soon();
    });
    askToKeep().catch(() => {});
    look().then(flush);
  }

  root.line = { start, flush, soon, look, meet, post, record, waiting, clockIsWrong, state, NoLine };
  root.onLine = (listener) => listeners.add(listener);
})();

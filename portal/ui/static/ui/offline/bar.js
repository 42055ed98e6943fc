/* The bar that says how many entries wait and since when, whether there is a line, and what was refused. */
(() => {
  "use strict";
  const box = document.querySelector("[data-offline]");
  const root = self.PortalOffline;
  if (!box || !root || !root.store || !self.indexedDB || !self.crypto?.subtle) return;
  const { store, line } = root;
  const texts = JSON.parse(box.dataset.texts);
  const find = (name) => box.querySelector(`[data-offline-${name}]`);
  const { put } = root.typed;
  root.texts = texts;
  let blocked = false;

  const clockText = (moment) =>
    new Date(moment).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", hour12: false });
  const span = (seconds) => {
    const minutes = Math.max(1, Math.round(Math.abs(seconds) / 60));
    if (minutes < 120) return put(texts.min, { n: minutes });
    return minutes < 2880
      ? put(texts.hours, { n: Math.round(minutes / 60) })
      : put(texts.days, { n: Math.round(minutes / 1440) });
  };

  async function show() {
    const all = await store.entries();
    const waits = all.filter((entry) => entry.state === "waiting");
    const refused = all.filter((entry) => entry.state === "to_settle");
    const own = Number(root.user || box.dataset.user || line.state.user || 0);
    const { state } = line;
    const since = waits.length ? Math.min(...waits.map((entry) => entry.at)) : 0;
    find("waiting").textContent = waits.length
      ? `${put(texts.waiting, { n: waits.length })}, ${put(texts.since, { time: clockText(since) })}`
      : "";
    const troubles = { cut: texts.cut, stranger: texts.stranger, busy: waits.length ? texts.busy : "" };
    find("text").textContent = blocked ? texts.blocked : troubles[state.line] || "";
    find("send").hidden = !waits.length;
    find("send").disabled = state.sending;
    find("state").hidden = !find("text").textContent && !waits.length;
    const ended = state.line === "good" && !state.user;
    find("session").hidden = !ended;
    find("session-text").textContent = waits.length ? put(texts.session, { n: waits.length }) : texts.session_none;
    await showNotes(waits, own);
    await showRefused(refused);
    for (const one of document.querySelectorAll("[data-not-confirmed]")) one.remove();
    const people = waits.reduce((sum, entry) => sum + entry.people, 0);
    for (const lead of document.querySelectorAll("[data-arrived-today]")) {
      if (!people) continue;
      const more = document.createElement("b");
      more.dataset.notConfirmed = "";
      more.textContent = ` ${put(texts.not_confirmed, { n: people })}`;
      lead.append(more);
    }
    box.dataset.waiting = String(waits.length);
    box.dataset.ready = "1";
  }

  async function showNotes(waits, own) {
    const notes = [];
    const officers = new Map();
    for (const entry of waits)
      if (entry.user !== own) officers.set(entry.officer, (officers.get(entry.officer) || 0) + 1);
    for (const [name, n] of officers) notes.push(put(texts.of_other, { n, name }));
    const off = await line.clockIsWrong();
    if (off) notes.push(put(texts.clock, { off: span(off) }));
    if (line.state.mayForget && waits.length) notes.push(texts.may_forget);
    const list = find("notes");
    list.hidden = !notes.length;
    list.replaceChildren(
      ...notes.map((text) => {
        const row = document.createElement("li");
        row.className = "message message-warning";
        row.textContent = text;
        return row;
      }),
    );
  }

  async function showRefused(refused) {
    find("refused").hidden = !refused.length;
    const rows = [];
    for (const entry of refused) {
      const row = document.createElement("li");
      row.className = "message message-error row-actions";
      const said = document.createElement("span");
      const name = (await root.crypto.unlock(entry.label)) || entry.officer;
      said.textContent = `${name}: ${(await root.crypto.unlock(entry.text)) || texts.refused.replace("{n}", "1")}`;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-outline-danger";
      button.textContent = texts.seen;
      button.addEventListener("click", () => store.settle(entry.key, entry.sequence));
      row.append(said, button);
      rows.push(row);
    }
    find("refused-list").replaceChildren(...rows);
  }

  let running = null;
  let again = false;
  async function refresh() {
    if (running) {
      again = true;
      return;
    }
    running = show().catch(() => {});
    await running;
    running = null;
    if (again) {
      again = false;
      refresh();
    }
  }
  root.onChange((what) => {
    if (what === "blocked") blocked = true;
    if (what === "opened") blocked = false;
    if (what === "blocked") find("text").textContent = texts.blocked;
    if (what === "blocked") find("state").hidden = false;
    if (what !== "blocked") refresh();
  });
  root.onLine(refresh);
  root.refreshBar = refresh;
  find("send").addEventListener("click", () => line.flush());
  refresh();
})();

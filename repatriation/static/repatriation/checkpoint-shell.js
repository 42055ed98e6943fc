/* The checkpoint's screen without a line: the list of this sign-in is looked through here, and what is recorded waits
   on the device. The fields are those of the checkpoint's own forms. */
(() => {
  "use strict";
  const root = self.PortalOffline;
  const shell = document.querySelector("[data-checkpoint-shell]");
  if (!shell || !root || !root.line || !root.texts) return;
  const { store, line, texts } = root;
  const { code, fold, put, answer } = root.typed;
  const find = (name) => document.querySelector(`[data-shell-${name}]`);
  const template = (id) => document.getElementById(id).content.cloneNode(true);
  const card = find("card");
  const TWICE = 500; /* milliseconds in which a second Enter is the scanner's own, and confirms nothing */
  let kit = null;
  let opened = 0; /* when the card on the screen was opened */
  let here = new Map(); /* registration code → names that this device has recorded and that wait */

  /* --- Looking somebody up --- */
  const focusScan = () => document.getElementById("scan").focus();

  async function search(text) {
    if (text.includes("|")) {
      const number = text.split("|")[0];
      return { families: await byNumber(number), card: text.split("|") };
    }
    const wanted = code(text);
    const coded = kit.families.filter((family) => code(family.code) === wanted);
    if (coded.length) return { families: coded };
    if (text.replace(/\D/g, "").length >= 6) return { families: await byNumber(text) };
    if (/\d/.test(text) || fold(text).length < 2) return { families: [] };
    const name = fold(text);
    const named = kit.families.filter((family) => family.people.some((one) => fold(one.name).includes(name)));
    return { families: named, byName: true };
  }

  async function byNumber(number) {
    const sum = await root.crypto.hashed(number, kit.salt);
    return kit.families.filter((family) => family.numbers.includes(sum));
  }

  const left = (family) => family.people.filter((one) => !one.came && !(here.get(family.code) || []).includes(one.id));

  async function scanned(text) {
    card.replaceChildren();
    const plain = text.slice(0, 500).replace(/[\u0000-\u001f]/g, "");
    const found = await search(plain);
    if (found.families.length === 1 && !found.byName) return open(found.families[0]);
    if (found.families.length) return choose(found.families);
    if (found.card) {
      walkIn(found.card);
      return answer("wait", texts.nobody, texts.nobody_sub);
    }
    answer("bad", texts.nobody, /^[\p{L}\d\s+./-]{2,60}$/u.test(plain) ? texts.nobody_sub : texts.garbage);
  }

  function choose(families) {
    answer("info", texts.several);
    const list = document.createElement("ul");
    list.className = "found-list";
    for (const family of families.slice(0, 20)) {
      const row = document.createElement("li");
      row.className = "card-box row-actions";
      const said = document.createElement("span");
      said.textContent = `${family.people[0].name} (${family.people[0].year}) · ${family.code} · ${family.home_name}`;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-primary";
      button.textContent = texts.confirm;
      button.addEventListener("click", () => open(family));
      row.append(said, button);
      list.append(row);
    }
    card.replaceChildren(list);
  }

  function open(family) {
    const people = left(family);
    if (!people.length) {
      card.replaceChildren();
      return answer("info", put(texts.already, { name: family.people[0].name }), texts.already_sub);
    }
    document.getElementById("answer").replaceChildren();
    const part = template("family-card");
    const form = part.querySelector("form");
    form.dataset.code = family.code;
    form.querySelector("[data-card-trip]").textContent = [family.trip, family.leaves].filter(Boolean).join(" · ");
    form.querySelector("[data-card-trip]").hidden = !family.trip;
    form.querySelector("[data-card-code]").textContent = family.code;
    form.querySelector("[data-card-name]").textContent = people[0].name;
    for (const person of people) form.querySelector("[data-card-people]").append(personLine(person));
    for (const list of form.querySelectorAll("[data-place-list]"))
      if (list.name === "destination") list.value = family.home || "";
    if (form.elements.address) form.elements.address.value = family.address || "";
    const count = () => {
      const n = people.filter((one) => form.elements[`here_${one.id}`]?.checked).length;
      form.querySelector("[data-card-record]").textContent = put(texts.record, { n });
    };
    form.addEventListener("change", count);
    card.replaceChildren(part);
    count();
    opened = performance.now();
    focusScan();
  }

  /* The form's line for one person: what stands for anybody in the template is this person's. */
  function personLine(person) {
    const part = template("person-line");
    for (const one of part.querySelectorAll("*"))
      for (const name of ["name", "id", "for", "aria-describedby"]) {
        const value = one.getAttribute(name);
        if (value && /_0(?=$|_)/.test(value)) one.setAttribute(name, value.replace(/_0(?=$|_)/g, `_${person.id}`));
      }
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      node.textContent = node.textContent.replace("…", person.name);
    part.querySelector("[data-person-name]").textContent = person.name;
    part.querySelector("[data-person-year]").textContent = person.year || "";
    const present = part.querySelector(`[name="here_${person.id}"]`);
    if (present) present.checked = !person.stayed;
    return part;
  }

  function walkIn(fields = []) {
    const part = template("walk-in-card");
    const form = part.querySelector("form");
    const set = (name, value) => {
      const box = [...form.elements].find((one) => one.name && one.name.endsWith(`-0-${name}`));
      if (box && value) box.value = value;
    };
    const [number, , name, born, sex, address] = fields;
    set("identity_number", number);
    set("full_name", name);
    if (/^\d{8}$/.test(born || "")) set("birth", `${born.slice(0, 2)}/${born.slice(2, 4)}/${born.slice(4)}`);
    set("sex", sex === "Nữ" ? "female" : sex === "Nam" ? "male" : "");
    if (address && form.elements.address) form.elements.address.value = address.slice(0, 200);
    card.replaceChildren(part);
    (form.querySelector("input:not([type=hidden])") || form).focus();
  }

  /* --- Recording --- */
  function wrong(form, text) {
    const box = form.querySelector("[data-card-error]");
    box.hidden = false;
    box.querySelector("span").textContent = text;
    box.scrollIntoView({ block: "center" });
  }

  async function keep(form) {
    const kind = form.dataset.shellEntry;
    const family = kit.families.find((one) => one.code === form.dataset.code);
    const fields = [...new FormData(form).entries()].map(([name, value]) => [name, String(value)]);
    const given = new Map(fields);
    if (!given.get("destination")) return wrong(form, texts.no_home);
    const present = fields.map(([name]) => /^here_(\d+)$/.exec(name)).filter(Boolean);
    const names =
      kind === "arrival"
        ? family.people.filter((one) => given.has(`here_${one.id}`)).map((one) => one.name)
        : fields.filter(([name, value]) => /-full_name$/.test(name) && value.trim()).map(([, value]) => value.trim());
    if (!names.length) return wrong(form, kind === "arrival" ? texts.nobody_here : texts.no_name);
    await recordEntry({
      kind,
      fields,
      names,
      registration: family ? family.code : "",
      ids: present.map((found) => Number(found[1])),
      more: family ? { here: family.here, trip: family.trip } : {},
    }).then(
      () => card.replaceChildren(),
      (error) => wrong(form, error.isFull ? texts.full : String(error)),
    );
  }

  /* Keep one entry, say so, and be ready for the next family. Fails when it could not be kept. */
  async function recordEntry({ kind, fields, names, registration, ids, more, key }) {
    try {
      await line.record({
        key: key || crypto.randomUUID(),
        kind,
        place: kit.place.id,
        fields,
        people: names.length,
        registration,
        more,
        label: { names, registration, ids: ids || [] },
        kit,
      });
    } catch (error) {
      answer("bad", error.isFull ? texts.full : String(error));
      throw error;
    }
    if (registration) here.set(registration, [...(here.get(registration) || []), ...(ids || [])]);
    answer("good", put(texts.kept, { name: names.join(", ") }), put(texts.kept_sub, { n: names.length }));
    focusScan();
  }
  root.recordEntry = recordEntry;

  function send(form) {
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    keep(form).finally(() => delete form.dataset.busy);
  }

  shell.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    delete form.dataset.sending;
    if (form.matches("[data-shell-scan]")) {
      const box = document.getElementById("scan");
      const text = box.value.trim();
      box.value = "";
      const form = card.querySelector("[data-shell-entry=arrival]");
      if (text && kit) scanned(text);
      else if (form && performance.now() - opened > TWICE) send(form);
    } else if (form.matches("[data-shell-entry]")) send(form);
  });
  find("walk-in").addEventListener("click", () => kit && walkIn());

  /* --- What stands on the screen --- */
  async function showOwn() {
    const rows = [];
    here = new Map();
    for (const entry of await store.entries()) {
      const label = await root.crypto.unlock(entry.label);
      if (!label || !label.names) continue;
      if (entry.state === "waiting" && label.registration)
        here.set(label.registration, [...(here.get(label.registration) || []), ...label.ids]);
      if (entry.state !== "waiting") continue;
      const row = document.createElement("li");
      row.textContent = `${new Date(entry.at).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", hour12: false })} · ${label.names.join(", ")}`;
      rows.unshift(row);
    }
    find("list").replaceChildren(...rows.slice(0, 100));
    find("own").hidden = !rows.length;
  }

  function showKit() {
    find("scan").hidden = !kit;
    find("walk-in").hidden = !kit;
    const figures = find("figures");
    if (!kit) {
      figures.textContent = texts.unreadable;
      return;
    }
    root.user = kit.user.id;
    find("place").textContent = kit.place.name;
    figures.dataset.arrivedToday = "";
    figures.textContent = put(texts.figures, { n: kit.arrived });
    const time = new Date(kit.taken || kit.now).toLocaleTimeString("vi-VN", {
      hour: "2-digit",
      minute: "2-digit",
      hour12: false,
    });
    find("as-of").textContent = put(texts.as_of, { time, n: kit.families.length });
    find("back").href = `${find("back").pathname}?at=${kit.place.id}`;
    root.refreshBar();
  }

  /* A form that the portal's own page sent into a dead line is kept like one that was filled in here. */
  function typed() {
    return new Promise((resolve) => {
      const worker = navigator.serviceWorker?.controller;
      if (!worker) return resolve(null);
      const channel = new MessageChannel();
      channel.port1.onmessage = (event) => resolve(event.data);
      worker.postMessage("typed", [channel.port2]);
      setTimeout(() => resolve(null), 2000);
    });
  }

  async function takeOver() {
    const form = await typed();
    if (!form || !form.fields || !kit) return;
    const given = new Map(form.fields);
    const text = (given.get("q") || "").trim();
    if (text) return scanned(text);
    const isWalkIn = /walk-in/.test(form.address);
    if (!isWalkIn && (!given.get("family") || given.has("pick"))) return;
    const ids = form.fields
      .map(([name]) => /^here_(\d+)$/.exec(name))
      .filter(Boolean)
      .map((found) => Number(found[1]));
    const people = kit.families.flatMap((family) => family.people).filter((one) => ids.includes(one.id));
    const names = isWalkIn
      ? form.fields.filter(([name, value]) => /-full_name$/.test(name) && value.trim()).map(([, value]) => value.trim())
      : ids.map((id) => people.find((one) => one.id === id)?.name || "…");
    if (!names.length) return;
    const family = kit.families.find((one) => one.people.some((person) => ids.includes(person.id)));
    await recordEntry({
      kind: isWalkIn ? "walk_in" : "arrival",
      key: given.get("client_key"),
      fields: form.fields,
      names,
      registration: !isWalkIn && family ? family.code : "",
      ids,
      more: {},
    }).catch(() => {});
  }

  root.onChange((what) => what !== "blocked" && showOwn());
  /* The list of now, as soon as there is a line: who went elsewhere meanwhile is gone from it. */
  let asked = false;
  root.onLine(async (state) => {
    const good = state.line === "good" && !!state.user;
    find("back").hidden = !good;
    if (!good || state.sending || asked) return;
    asked = true;
    const fresh = await root.takeAlong().catch(() => null);
    setTimeout(() => (asked = false), 60000);
    if (fresh) {
      kit = fresh;
      showKit();
    } else if (kit) showKit();
  });

  (async () => {
    kit = await root.kit();
    await showOwn();
    showKit();
    await takeOver();
    if (kit) focusScan();
    shell.dataset.ready = "1";
  })();
})();

/* What a device keeps for work without a line, in IndexedDB: entries in their order, lists that are encrypted, and a
   few facts about the device. Pages and service workers load it. */
(() => {
  "use strict";
  const NAME = "portal-offline";
  const VERSION = 2;
  const root = (self.PortalOffline = self.PortalOffline || {});
  const waits = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  /* Each step brings a store of the version before into the next shape. No step drops an entry. */
  const STEPS = {
    1: (db) => {
      db.createObjectStore("entries", { keyPath: "id", autoIncrement: true });
      db.createObjectStore("facts");
    },
    2: (db, work) => {
      db.createObjectStore("kept");
      const entries = work.objectStore("entries");
      entries.createIndex("state", "state");
      entries.openCursor().onsuccess = (event) => {
        const cursor = event.target.result;
        if (!cursor) return;
        cursor.update({ state: "waiting", people: 0, tries: 0, ...cursor.value });
        cursor.continue();
      };
    },
  };

  let opened = null;
  const listeners = new Set();
  const tell = (what) => {
    for (const listener of listeners) listener(what);
  };
  const channel = self.BroadcastChannel ? new BroadcastChannel(NAME) : null;
  if (channel) channel.onmessage = (event) => tell(event.data);
  const changed = (what = "entries") => {
    tell(what);
    if (channel) channel.postMessage(what);
  };

  function open() {
    opened =
      opened ||
      new Promise((resolve, reject) => {
        const request = indexedDB.open(NAME, VERSION);
        request.onupgradeneeded = (event) => {
          for (let step = event.oldVersion + 1; step <= VERSION; step++)
            STEPS[step](request.result, request.transaction);
        };
        request.onblocked = () => tell("blocked"); /* a page of an older version holds the store */
        request.onsuccess = () => {
          const db = request.result;
          db.onversionchange = () => {
            db.close();
            opened = null;
          };
          db.onclose = () => (opened = null);
          tell("opened");
          resolve(db);
        };
        request.onerror = () => {
          opened = null;
          reject(request.error);
        };
      });
    return opened;
  }

  /* Do something in one transaction; it is done when the transaction is complete, not before. */
  async function within(names, mode, work) {
    const db = await open();
    return new Promise((resolve, reject) => {
      const transaction = db.transaction(names, mode, { durability: "strict" });
      let result;
      transaction.oncomplete = () => resolve(result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error || new Error("aborted"));
      Promise.resolve(work(transaction)).then(
        (value) => (result = value),
        (error) => {
          reject(error);
          try {
            transaction.abort();
          } catch {
            /* it has ended by itself */
          }
        },
      );
    });
  }

  const isFull = (error) => error && (error.name === "QuotaExceededError" || error.isFull === true);

  const fact = (name) => within(["facts"], "readonly", (t) => waits(t.objectStore("facts").get(name)));
  const setFact = (name, value) =>
    within(["facts"], "readwrite", (t) => waits(t.objectStore("facts").put(value, name)));

  /* The device's own name, made once. */
  const device = () =>
    within(["facts"], "readwrite", async (t) => {
      const facts = t.objectStore("facts");
      const known = await waits(facts.get("device"));
      if (known) return known;
      const made = crypto.randomUUID();
      await waits(facts.put(made, "device"));
      return made;
    });

  /* The next number of the device; a number that no entry gets is no harm. */
  const nextSequence = () =>
    within(["facts"], "readwrite", async (t) => {
      const facts = t.objectStore("facts");
      const next = ((await waits(facts.get("sequence"))) || 0) + 1;
      await waits(facts.put(next, "sequence"));
      return next;
    });

  const put = (entry) => within(["entries"], "readwrite", (t) => waits(t.objectStore("entries").add(entry)));

  /* Keep an entry. When the store is full, lists go first; entries never do. Fails with `isFull`. */
  async function add(entry) {
    try {
      await put(entry);
    } catch (error) {
      if (!isFull(error)) throw error;
      await dropKept();
      try {
        await put(entry);
      } catch (again) {
        throw isFull(again) ? Object.assign(new Error("full"), { isFull: true }) : again;
      }
    }
    changed();
  }

  const entries = async () => {
    const all = await within(["entries"], "readonly", (t) => waits(t.objectStore("entries").getAll()));
    return all.sort((one, other) => one.sequence - other.sequence);
  };

  /* Change or, without a value, let go of the entry with this key and number. */
  async function settle(key, sequence, value) {
    await within(["entries"], "readwrite", async (t) => {
      const store = t.objectStore("entries");
      for (const entry of await waits(store.getAll())) {
        if (entry.key !== key || entry.sequence !== sequence) continue;
        await waits(value ? store.put({ ...entry, ...value }) : store.delete(entry.id));
      }
    });
    changed();
  }

  const kept = (name) => within(["kept"], "readonly", (t) => waits(t.objectStore("kept").get(name)));
  const keep = (name, value) => within(["kept"], "readwrite", (t) => waits(t.objectStore("kept").put(value, name)));
  const letGo = (name) => within(["kept"], "readwrite", (t) => waits(t.objectStore("kept").delete(name)));
  const dropKept = () => within(["kept"], "readwrite", (t) => waits(t.objectStore("kept").clear()));

  Object.assign(root, {
    store: { open, fact, setFact, device, nextSequence, add, entries, settle, kept, keep, letGo, dropKept },
  });
  root.onChange = (listener) => listeners.add(listener);
})();

/* Scanners that type. A scan goes to the page's scan box (data-scan-box), wherever the hand was, and never presses
   a button: what was typed by hand stays. A page without such a box says that a scan was not taken. */
(() => {
  "use strict";
  const FAST = 35; /* milliseconds between two keys of a scanner; no hand keeps that up */
  const HITCH = 60; /* a busy machine may hold a key of a scanner back for so long */
  const HITCH_IN_BOX = 250; /* in the scan box it may be longer: what stands there is looked up whole */
  const LEAST = 8; /* keys of a scan, so that a quick roll of a hand is none */
  const PAUSE = 600; /* a scanner may stop for so long in the midst of a code */
  const END = 105; /* between the last sign and the Enter or Tab of a scanner */
  const LINES = 150; /* codes of one picture come within so much of each other */
  const SECOND = 250; /* an Enter so soon after a scan is the scanner's second one */
  const KEPT = 10 * 60000; /* a scan waits for its turn so long */
  const WAITING = "scan:waiting";
  const ENDED = "scan:ended";
  const CUT = "scan:cut";

  const box = document.querySelector("[data-scan-box]");
  const linesBox = box?.form.querySelector("[data-scan-lines]");
  const says = document.querySelector("[data-scan-says]");
  const refused = document.querySelector("[data-scan-refused]");
  const TEXT = "input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea";
  let burst = null;
  let lines = [];
  let timer = 0;
  let sent = "";
  let cut = Date.now() - Number(sessionStorage.getItem(CUT) || 0) < 2000;
  sessionStorage.removeItem(CUT);

  const say = (name) => {
    if (!says) return;
    says.textContent = says.dataset[name];
    says.hidden = false;
  };
  const moment = (event) => performance.timeOrigin + event.timeStamp;
  const isText = (target) => target.matches?.(TEXT) && !target.readOnly;

  /* --- What a whole code looks like, for scanners that send nothing after it --- */
  const prefix = box?.dataset.codePrefix || "";
  const CODE = new RegExp(`(^|[/=])${prefix}-?\\w{5}-?\\w/?$`, "i");
  const isWhole = (typed) => {
    const text = typed.trim().replace(/^\][a-z]\w|^\*|\*$/gi, "");
    return (
      CODE.test(text) || /^\d{12}$|^(0|\+84)\d{9}$|^HC1:.{20}/i.test(text) || (text.match(/\|/g) || []).length >= 6
    );
  };

  /* --- One line of a scan --- */
  const begin = (target, event) => ({
    target,
    before: isText(target) ? target.value : target.matches?.("select") ? target.selectedIndex : null,
    start: isText(target) ? target.selectionStart : 0,
    end: isText(target) ? target.selectionEnd : 0,
    keys: "",
    isPlain: true /* every key gave its sign: no input method was in between */,
    fast: 0,
    isScan: false,
    last: event.timeStamp,
  });
  const typedIn = ({ target, before, start, end }) => {
    const head = before.slice(0, start ?? before.length);
    const tail = before.slice(end ?? before.length);
    const now = target.value;
    return now.startsWith(head) && now.endsWith(tail) ? now.slice(head.length, now.length - tail.length) : now;
  };
  const textOf = (one) => {
    if (!isText(one.target)) return one.keys;
    return one.target === box || !one.isPlain ? typedIn(one) : one.keys;
  };
  /* What was typed by hand before the scan stands again. */
  const restore = ({ target, before }) => {
    if (before === null) return;
    if (target.matches("select")) target.selectedIndex = before;
    else target.value = target === box ? "" : before;
    if (target !== box) {
      target.dispatchEvent(new Event("input", { bubbles: true }));
      say("moved");
    }
  };

  /* --- Looking up: one at a time, the others wait their turn --- */
  const waiting = () => {
    try {
      return JSON.parse(sessionStorage.getItem(WAITING) || "[]").filter((one) => Date.now() - one.at < KEPT);
    } catch {
      return [];
    }
  };
  const keep = (list) =>
    list.length ? sessionStorage.setItem(WAITING, JSON.stringify(list)) : sessionStorage.removeItem(WAITING);
  const lookUp = (text) => {
    sent = text;
    const parts = text.split("\n");
    box.value = parts[0];
    if (linesBox) linesBox.value = parts.length > 1 ? text : "";
    const { form } = box;
    form.requestSubmit(form.querySelector("button:not([type=button])"));
  };
  const send = () => {
    const text = [...new Set(lines)].join("\n");
    lines = [];
    if (!text) return;
    if (!box || document.querySelector("dialog[open]")) {
      if (refused) refused.hidden = false;
      return;
    }
    if (!box.form.dataset.sending && !sent) {
      lookUp(text);
      return;
    }
    const list = waiting();
    if (text !== sent && !list.some((one) => one.text === text)) keep([...list, { text, at: Date.now() }]);
  };
  const finish = () => {
    const one = burst;
    burst = null;
    const text = textOf(one).trim();
    restore(one);
    clearTimeout(timer);
    if (cut && performance.now() < 1500) {
      cut = false;
      say("cut");
      return;
    }
    if (text) lines.push(text);
    timer = setTimeout(send, LINES);
  };
  const fellSilent = () => {
    const one = burst;
    if (one?.isScan && box) {
      if (isWhole(textOf(one))) {
        finish();
        return;
      }
      burst = null;
    }
    if (lines.length) send();
  };

  /* --- Keys, before anything else on the page hears them --- */
  const stop = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const sign = (event) => {
    const { target, timeStamp: now } = event;
    if (event.repeat) {
      burst = null;
      return;
    }
    const gap = burst ? now - burst.last : Infinity;
    const longest = burst?.isScan ? PAUSE : target === box ? HITCH_IN_BOX : HITCH;
    const goesOn = burst && burst.target === target && gap <= longest;
    if (!goesOn) {
      if (event.key === "Backspace") return;
      burst = begin(target, event);
    } else if (gap <= FAST) burst.fast += 1;
    burst.last = now;
    if (event.key.length === 1) burst.keys += event.key;
    else burst.isPlain = false;
    if (burst.fast >= LEAST - 1) burst.isScan = true;
    if (!isText(target) && burst.fast >= 2) stop(event);
    clearTimeout(timer);
    timer = setTimeout(burst.isScan || !lines.length ? fellSilent : send, burst.isScan ? PAUSE : LINES);
  };
  window.addEventListener(
    "keydown",
    (event) => {
      const altGraph = event.getModifierState?.("AltGraph");
      if ((event.ctrlKey || event.altKey || event.metaKey) && !altGraph) return;
      if (event.key.length === 1 || ["Process", "Unidentified", "Dead", "Backspace"].includes(event.key)) {
        sign(event);
        return;
      }
      if (event.key === "Shift" || event.key === "CapsLock" || event.key === "AltGraph") return;
      if (event.key !== "Enter" && event.key !== "Tab") {
        burst = null;
        return;
      }
      const isOurs = box || !isText(event.target);
      if (burst?.isScan && event.timeStamp - burst.last <= END && isOurs) {
        stop(event);
        sessionStorage.setItem(ENDED, String(moment(event)));
        finish();
        return;
      }
      burst = null;
      const since = moment(event) - Number(sessionStorage.getItem(ENDED) || 0);
      if (isOurs && since >= 0 && since <= SECOND) stop(event);
    },
    true,
  );
  /* A button is pressed by the space bar when the key comes up. */
  window.addEventListener(
    "keyup",
    (event) => {
      if (event.key === " " && burst && burst.fast >= 2 && !isText(event.target)) stop(event);
    },
    true,
  );
  window.addEventListener("pagehide", () => {
    if (burst?.isScan) sessionStorage.setItem(CUT, String(Date.now()));
    if (lines.length && box) {
      const list = waiting();
      keep([...list, { text: lines.join("\n"), at: Date.now() }]);
    }
  });

  /* --- When the page opens --- */
  const start = () => {
    if (!box) return;
    if (box.hasAttribute("data-selected")) box.select();
    const list = waiting();
    if (!list.length) return;
    if (box.form.querySelector("[name=family]")) {
      say("waits");
      return;
    }
    const [first, ...rest] = list;
    keep(rest);
    lookUp(first.text);
  };
  start();
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) sent = "";
  });
})();

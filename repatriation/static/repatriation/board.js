/* The board renews its figures without a reload, keeps the focus where it is, and says since when it has none.
   Without this file the page shows the figures of the moment and a link that loads them again. */
(() => {
  "use strict";
  const board = document.querySelector("[data-board]");
  const when = document.querySelector("[data-board-when]");
  const stale = document.querySelector("[data-board-stale]");
  if (!board || !when || !window.fetch || !window.AbortController) return;
  const EVERY = 10000; /* milliseconds between two questions */
  const PATIENCE = 8000; /* after which a question is given up */
  const OLD = 35000; /* age at which the figures are shown as old: three questions without an answer */
  /* The server's time in the province, whatever the device's clock and zone are. */
  const format = new Intl.DateTimeFormat("vi", { timeStyle: "medium", timeZone: "Asia/Ho_Chi_Minh" });
  const put = (text, time) => text.replace("{time}", format.format(time));
  let answered = performance.now(); /* for the age alone; a clock that is set back makes nothing younger */
  let read = new Date(when.dataset.boardWhen);
  let mark = "";
  let turnedAway = false; /* the sign-in ended, or a stranger's network answers for the portal */
  let timer = 0;
  let asking = false;

  const show = () => {
    const old = turnedAway || performance.now() - answered > OLD;
    when.textContent = put(when.dataset.saidAt, read);
    document.body.classList.toggle("is-stale", old);
    const text = old ? put(turnedAway ? when.dataset.saidOut : when.dataset.saidStale, read) : "";
    const said = stale.querySelector("b");
    if (said.textContent !== text) said.textContent = text; /* an unchanged sentence is not read out again */
    stale.hidden = !old;
  };

  const replace = (html) => {
    const focused = document.activeElement?.closest("[data-focus]")?.dataset.focus;
    board.innerHTML = html;
    if (focused) board.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  };

  const ask = async () => {
    if (asking) return;
    asking = true;
    clearTimeout(timer);
    const patience = new AbortController();
    const limit = setTimeout(() => patience.abort(), PATIENCE);
    try {
      const answer = await fetch(board.dataset.board, {
        headers: mark ? { "If-None-Match": mark } : {},
        cache: "no-store",
        redirect: "manual",
        signal: patience.signal,
      });
      const at = answer.headers.get("X-Board");
      if (at && (answer.status === 200 || answer.status === 304)) {
        if (answer.status === 200) replace(await answer.text());
        mark = answer.headers.get("ETag") || "";
        answered = performance.now();
        read = new Date(at);
        turnedAway = false;
      } else if (answer.type === "opaqueredirect" || answer.status === 403) {
        turnedAway = true;
      }
    } catch {
      /* no line: the age says it */
    } finally {
      clearTimeout(limit);
      asking = false;
    }
    show();
    timer = setTimeout(ask, EVERY);
  };

  window.addEventListener("online", ask);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) ask();
  });
  setInterval(show, 1000);
  ask();
})();

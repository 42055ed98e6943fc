/* Codes and names as people type them, and the large answer: shared by the screens that work without a line. */
(() => {
  "use strict";
  const root = (self.PortalOffline = self.PortalOffline || {});

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
  const put = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

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

  root.typed = { code, fold, put, answer };
})();

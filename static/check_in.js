// Checks people in by one press, with or without a connection (queue.js), and looks through the list while one types.
(() => {
  "use strict";
  const box = document.querySelector("[data-door]");
  if (!box) return;
  const rows = [...box.querySelectorAll("[data-place]")];
  const total = document.getElementById("door-total");

  /* A row is in or out: `data-came` is what the server knows, the presses that wait are laid over it. */
  const show = (presses, answer) => {
    if (answer) {
      total.dataset.sent = answer.total;
      for (const row of rows) row.dataset.came = answer.came[row.dataset.place] || 0;
    }
    let sum = Number(total.dataset.sent);
    for (const row of rows) {
      const known = Number(row.dataset.came);
      let came = known;
      for (const press of presses.filter((one) => one.place === row.dataset.place)) {
        came = press.fields.came ? came || Number(press.fields.came) : 0;
      }
      sum += came - known;
      draw(row, came);
    }
    total.textContent = sum;
  };
  const draw = (row, came) => {
    row.querySelector("[data-press=in]").hidden = came > 0;
    row.querySelector("[data-press=out]").hidden = came === 0;
    row.querySelector("[data-shown]").textContent = came;
  };

  if (window.pressQueue) {
    const queue = window.pressQueue(box, show);
    box.addEventListener("submit", async (event) => {
      const { came } = Object.fromEntries(new FormData(event.target));
      const row = event.target.closest("[data-place]");
      event.preventDefault();
      await queue.add({ to: new URL(event.target.action).pathname, place: row.dataset.place, fields: came ? { came } : {} });
      // The button that was pressed is gone: the other one takes its place, so that keys go on from here.
      row.querySelector("form:not([hidden]) button").focus();
    });
  }

  /* Only where the page holds everybody; else the server looks. */
  const finder = document.querySelector("form[data-finder]");
  if (!finder) return;
  const typed = finder.querySelector("[name=q]");
  const told = document.getElementById("door-found");
  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const bare = (text) => text.replace(/[^\p{L}\p{N}]/gu, "").toUpperCase().replace(/I|L/g, "1").replace(/O/g, "0");
  const find = () => {
    const words = folded(typed.value).split(/\s+/).filter(Boolean);
    const code = bare(typed.value);
    let found = 0;
    for (const row of rows) {
      const { code: own, words: name } = row.dataset;
      const meant = !words.length || (code && (own.startsWith(code) || code.startsWith(own))) || words.every((one) => name.includes(one));
      row.hidden = !meant;
      found += Boolean(meant);
    }
    told.textContent = words.length ? `${told.dataset.words} ${found}` : "";
  };
  typed.addEventListener("input", find);
  finder.addEventListener("submit", (event) => {
    event.preventDefault();
    find();
  });
})();

// Counts people in at the door, with or without a connection (queue.js). What is kept holds no names.
(() => {
  "use strict";
  const box = document.querySelector("[data-tally]");
  if (!box || !window.pressQueue) return;
  const total = document.getElementById("tally-total");
  const buttons = [...box.querySelectorAll("[data-count]")];
  for (const button of buttons) button.dataset.sent = button.querySelector(".num").textContent;

  const show = (presses, counts) => {
    for (const button of buttons) {
      const name = button.dataset.count;
      if (counts) button.dataset.sent = counts[name];
      const here = presses.filter((press) => press.name === name).length;
      button.querySelector(".num").textContent = Number(button.dataset.sent) + here;
    }
    const sum = buttons.reduce((all, one) => all + Number(one.querySelector(".num").textContent), 0);
    total.textContent = `${total.dataset.words} ${sum}`;
  };

  const queue = window.pressQueue(box, show);
  box.addEventListener("submit", (event) => {
    const button = event.target.querySelector("[data-count]");
    if (!button) return;
    event.preventDefault();
    const { age, visit } = Object.fromEntries(new FormData(event.target));
    queue.add({ to: location.pathname, fields: { age, visit }, name: button.dataset.count });
  });
})();

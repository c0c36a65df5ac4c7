// Counts people in at the door while there is no connection: each press is kept in this browser under a key made here,
// shown as counted, and sent until it arrived. The server counts a key once. What is kept holds no names.
(() => {
  "use strict";
  const box = document.querySelector("[data-tally]");
  if (!box || !window.indexedDB || !window.crypto.randomUUID) return;
  const waiting = document.getElementById("tally-waiting");
  const total = document.getElementById("tally-total");
  const address = location.pathname;
  const again = 5000;
  let sending = false;

  const open = new Promise((resolve, reject) => {
    const asked = indexedDB.open("liaison-door", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("presses", { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const within = async (mode, act) => {
    const store = (await open).transaction("presses", mode).objectStore("presses");
    return new Promise((resolve, reject) => {
      const asked = act(store);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  };
  const kept = async () => (await within("readonly", (store) => store.getAll())).filter((press) => press.address === address);

  const show = async (counts) => {
    const presses = await kept();
    for (const button of box.querySelectorAll("[data-count]")) {
      const name = button.dataset.count;
      if (counts) button.dataset.sent = counts[name];
      const here = presses.filter((press) => press.name === name).length;
      button.querySelector(".num").textContent = Number(button.dataset.sent || 0) + here;
    }
    const sum = [...box.querySelectorAll("[data-count] .num")].reduce((all, one) => all + Number(one.textContent), 0);
    total.textContent = `${total.dataset.words} ${sum}`;
    waiting.hidden = presses.length === 0;
    waiting.textContent = presses.length ? `${waiting.dataset.words} ${presses.length}` : "";
  };

  const send = async () => {
    if (sending || !navigator.onLine) return;
    sending = true;
    try {
      const token = box.querySelector("[name=csrfmiddlewaretoken]").value;
      for (const press of await kept()) {
        const body = new URLSearchParams({ csrfmiddlewaretoken: token, key: press.key, age: press.age, visit: press.visit });
        const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" });
        if (!answer.ok) break;
        const counts = await answer.json();
        await within("readwrite", (store) => store.delete(press.key));
        await show(counts);
      }
    } catch {
      // There is no connection: what is kept is sent the next time.
    } finally {
      sending = false;
    }
  };

  for (const button of box.querySelectorAll("[data-count]")) button.dataset.sent = button.querySelector(".num").textContent;
  box.addEventListener("submit", async (event) => {
    const button = event.target.querySelector("[data-count]");
    if (!button) return;
    event.preventDefault();
    const { age, visit } = Object.fromEntries(new FormData(event.target));
    await within("readwrite", (store) => store.put({ key: crypto.randomUUID(), address, age, visit, name: button.dataset.count }));
    await show();
    send();
  });
  window.addEventListener("online", send);
  setInterval(send, again);
  show().then(send);
})();

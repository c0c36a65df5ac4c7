/* Presses at a door while there is no connection: each is kept in this browser under a key made here, shown as done, and
   sent, in their order, until it arrived. The server counts a key once. What is kept are keys, addresses, the random
   handles of registrations and numbers, and no names; whoever signs out wipes it (staff.js).

   `pressQueue(box, show)` belongs to one page. `box` holds a field csrfmiddlewaretoken. `show(presses, answer)` draws the
   page anew: `presses` are those that wait, `answer` is what the server said last, if it said something. Beside the box
   stand [data-kept] (words, and data-signed-out for whoever must sign in again) and [data-lost] (words). */
(() => {
  "use strict";
  if (!window.indexedDB || !window.crypto.randomUUID) return;
  const again = 5000;
  // The server knows the press and will never take it: waiting would hold up all that come after it.
  const refusals = [400, 404, 409, 410, 422];

  window.pressQueue = (box, show) => {
    const page = location.pathname;
    const kept = document.querySelector("[data-kept]");
    const lost = document.querySelector("[data-lost]");
    let sending = false;
    let signedOut = false;
    let refused = 0;
    let order = 0;

    const open = new Promise((resolve, reject) => {
      const asked = indexedDB.open("liaison-door", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("presses", { keyPath: "key" });
      asked.onsuccess = () => {
        asked.result.onversionchange = () => asked.result.close();
        resolve(asked.result);
      };
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
    const waiting = async () => {
      const presses = await within("readonly", (store) => store.getAll());
      return presses.filter((press) => press.page === page).sort((one, other) => one.at - other.at || one.order - other.order);
    };

    const draw = async (answer) => {
      const presses = await waiting();
      show(presses, answer);
      kept.hidden = presses.length === 0;
      kept.textContent = presses.length ? `${signedOut ? kept.dataset.signedOut : kept.dataset.words} ${presses.length}` : "";
      lost.hidden = refused === 0;
      lost.textContent = refused ? `${lost.dataset.words} ${refused}` : "";
    };

    const send = async () => {
      if (sending || !navigator.onLine) return;
      sending = true;
      try {
        const token = box.querySelector("[name=csrfmiddlewaretoken]").value;
        for (let [press] = await waiting(); press; [press] = await waiting()) {
          const body = new URLSearchParams({ csrfmiddlewaretoken: token, key: press.key, ...press.fields });
          const answer = await fetch(press.to, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" });
          const no = refusals.includes(answer.status);
          if (!answer.ok && !no) {
            signedOut = answer.type === "opaqueredirect" || answer.status === 403;
            await draw();
            break;
          }
          signedOut = false;
          refused += no;
          const said = no ? undefined : await answer.json();
          await within("readwrite", (store) => store.delete(press.key));
          await draw(said);
        }
      } catch {
        // There is no connection: what is kept is sent the next time.
      } finally {
        sending = false;
      }
    };

    window.addEventListener("online", send);
    setInterval(send, again);
    draw().then(send);
    return {
      add: async (press) => {
        order += 1;
        await within("readwrite", (store) => store.put({ ...press, key: crypto.randomUUID(), page, at: Date.now(), order }));
        await draw();
        send();
      },
    };
  };
})();

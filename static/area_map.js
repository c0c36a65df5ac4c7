// Finds the reader's area by the position of their device, if they ask for it, and follows that area's link on the map.
// The position is rounded to about a hundred meters before it leaves the device; the answer is an area and nothing is kept.
(() => {
  "use strict";
  for (const box of document.querySelectorAll("[data-locate]")) {
    const status = box.querySelector("[role=status]");
    const say = (text) => { status.textContent = text; };
    const round = (degrees) => degrees.toFixed(3);

    const ask = async ({ coords }) => {
      const body = new URLSearchParams({ longitude: round(coords.longitude), latitude: round(coords.latitude), level: box.dataset.level });
      const answer = await fetch(box.dataset.locate, { method: "POST", body, credentials: "omit" });
      const { area } = await answer.json();
      const link = area && document.querySelector(`a[data-area="${CSS.escape(area.reference)}"]`);
      if (link) location.assign(link.getAttribute("href"));
      else say(box.dataset.outside);
    };

    if (!navigator.geolocation) continue;
    box.hidden = false;
    box.querySelector("button").addEventListener("click", () => {
      say(box.dataset.asking);
      const failed = () => say(box.dataset.failed);
      navigator.geolocation.getCurrentPosition((position) => ask(position).catch(failed), failed, { timeout: 15000, maximumAge: 600000 });
    });
  }
})();

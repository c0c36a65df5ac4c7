/* Keys of staff pages: "/" and Control-K search, "n" New, "?" the list of keys, "g" then a letter goes to an entry of the
   rail. A key follows a link that is on the page (data-key), so it opens nothing the reader could not open by pointing.
   Single letters never fire in fields and are off where <body data-keys="off">. Without script all of it is links. */
(() => {
  const search = document.getElementById("q");
  const single = document.body.dataset.keys !== "off";
  let going = false;

  const typing = (target) => target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
  const follow = (key, event) => {
    const link = document.querySelector(`a[data-key="${CSS.escape(key)}"]`);
    if (link) {
      event.preventDefault();
      link.click();
    }
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key.toLowerCase() === "k" && search) {
      event.preventDefault();
      search.focus();
      return;
    }
    if (event.key === "Escape" && event.target === search) {
      search.blur();
      return;
    }
    if (!single || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) {
      return;
    }
    if (going) {
      going = false;
      follow(`g ${event.key}`, event);
    } else if (event.key === "g") {
      going = true;
      setTimeout(() => { going = false; }, 1500);
    } else if (event.key === "/" && search) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "n" || event.key === "?") {
      follow(event.key, event);
    }
  });

  /* Whoever signs out leaves nothing of a door's count in this browser (queue.js). */
  document.addEventListener("submit", (event) => {
    if (window.indexedDB && event.target.action && new URL(event.target.action).pathname.endsWith("/logout/")) {
      indexedDB.deleteDatabase("liaison-door");
    }
  });

  /* A page that shows what has to be mended starts there. */
  const summary = document.querySelector(".errors[tabindex]");
  if (summary) {
    summary.focus();
  }
})();

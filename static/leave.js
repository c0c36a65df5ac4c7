/* "Leave now" replaces this page in the history, so that Back does not return to it. Without script it is a link. */
(() => {
  for (const link of document.querySelectorAll("a[data-leave]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      window.location.replace(link.href);
    });
  }
})();

/* Save a long form's draft every 20 seconds and on leaving: <form data-draft="address">, with one
   <span data-draft-status role="status"></span> inside. The answer's text is shown there. Without script there is the
   Save draft button. */
(() => {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const status = form.querySelector("[data-draft-status]");
    const written = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string")).toString();
    let saved = written();
    let sending = false;

    const save = async (leaving) => {
      const text = written();
      if (text === saved || sending) {
        return;
      }
      sending = true;
      try {
        const headers = { "Content-Type": "application/x-www-form-urlencoded", "X-Requested-With": "draft" };
        const answer = await fetch(form.dataset.draft, { method: "POST", body: text, headers, keepalive: leaving });
        if (!answer.ok) {
          throw new Error(answer.status);
        }
        saved = text;
        status.textContent = await answer.text();
      } catch {
        status.textContent = form.dataset.draftFailed || "";
      } finally {
        sending = false;
      }
    };

    setInterval(() => save(false), 20000);
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) {
        save(true);
      }
    });
    form.addEventListener("submit", () => { saved = written(); });
  }
})();

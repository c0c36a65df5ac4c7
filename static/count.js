/* How many characters a text takes, while it is typed: <textarea id="x" data-around="20"> with <span id="x_count">.
   `data-around` is what is put around the text when it is posted. Without script there is the button that counts. */
(() => {
  for (const field of document.querySelectorAll("textarea[data-around]")) {
    const told = document.getElementById(`${field.id}_count`);
    field.addEventListener("input", () => {
      const taken = [...field.value].length;
      told.textContent = taken ? taken + Number(field.dataset.around) : 0;
    });
  }
})();

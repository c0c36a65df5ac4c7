/* What cannot be used where no script runs. */
() => {
  const faults = [];
  const named = (node) =>
    `${node.tagName.toLowerCase()}${node.id && "#" + node.id}.${[...node.classList].join(".")} “${(node.textContent || node.value || "").trim().slice(0, 40)}”`;
  const seen = (node) => node.checkVisibility({ visibilityProperty: true });
  const all = (selector) => [...document.querySelectorAll(selector)];
  const sends = (node) => node.type === "submit" || node.type === "image";

  for (const form of all("form")) {
    if (!form.checkVisibility() && !form.closest("details")) continue;
    if (!["get", "post"].includes(form.method)) faults.push(`method ${form.method}: ${named(form)}`);
    if (new URL(form.action).origin !== location.origin) faults.push(`leads elsewhere: ${named(form)}`);
    if (form.method === "post" && !form.querySelector("input[name=csrfmiddlewaretoken]")) faults.push(`no token: ${named(form)}`);
    const typed = [...form.elements].filter((node) => node.matches("input:not([type=hidden]), textarea, select"));
    // Enter sends a form of one line.
    const oneLine = typed.length === 1 && typed[0].matches("[type=search], [type=text]");
    if (![...form.elements].some(sends) && !oneLine) faults.push(`nothing sends it: ${named(form)}`);
  }
  for (const button of all("button, input[type=button]")) {
    if (seen(button) && !(sends(button) && button.form)) faults.push(`works by script alone: ${named(button)}`);
  }
  for (const link of all("a")) {
    const to = link.getAttribute("href");
    if (seen(link) && (!to || to === "#" || to.startsWith("javascript:"))) faults.push(`leads nowhere: ${named(link)}`);
    if (to && to.startsWith("#") && to.length > 1 && !document.getElementById(to.slice(1))) faults.push(`leads nowhere: ${named(link)}`);
  }
  for (const node of all("[hx-get], [hx-post], [hx-put], [hx-delete], [hx-patch]")) {
    // What asks by itself is a link or a form, stands in a form that asks as well, or holds a link to what it asks for.
    const asked = node.getAttribute("hx-get");
    const works = node.matches("a[href]") || node.closest("form") || (asked && node.querySelector(`a[href="${asked}"]`));
    if (seen(node) && !works) faults.push(`asks by script alone: ${named(node)}`);
  }
  for (const node of all("[role=button], [onclick], [data-locate]")) {
    if (seen(node) && !node.matches("button, a[href], summary")) faults.push(`acts by script alone: ${named(node)}`);
  }
  if (!document.querySelector("h1")?.checkVisibility()) faults.push("no heading is seen");
  return faults;
}

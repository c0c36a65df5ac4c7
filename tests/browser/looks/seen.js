/* What is wrong with a page as it is seen: headings, names, focus, clipped words, small controls. */
({ ending, tall }) => {
  const faults = [];
  const named = (node) =>
    `${node.tagName.toLowerCase()}${node.id && "#" + node.id}.${[...node.classList].join(".")} “${(node.innerText || node.value || "").trim().slice(0, 40)}”`;
  const fault = (rule, node) => faults.push(node ? `${rule}: ${named(node)}` : rule);
  const box = (node) => node.getBoundingClientRect();
  const seen = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && box(node).width > 2;
  const all = (selector) => [...document.querySelectorAll(selector)].filter(seen);

  const headings = all("h1");
  if (headings.length !== 1) fault(`${headings.length} headings of the first level`);
  if (!document.title.endsWith(ending) || document.title.replace(ending, "").trim().length < 3) fault(`title “${document.title}”`);
  if (!/^[a-z]{2}$/.test(document.documentElement.lang)) fault("no language");
  const first = document.querySelector("body a[href], body button, body input:not([type=hidden]), body select, body textarea, body summary");
  if (!first.matches("a.skip") || !document.querySelector(first.getAttribute("href"))) fault("no skip link first", first);

  for (const node of all("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")) {
    if (node === first) continue;
    node.focus({ preventScroll: true });
    const style = getComputedStyle(node);
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    if (document.activeElement === node && node.matches(":focus-visible") && !ring) fault("focus is not seen", node);
    if (document.activeElement === node && !node.matches(":focus-visible")) fault("focus is not told", node);
  }
  document.activeElement.blur();

  for (const node of all("body *")) {
    const style = getComputedStyle(node);
    const own = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
    if (!own || node.closest("svg, .visually-hidden, select, option") || style.display === "inline") continue;
    if (node.clientWidth > 2 && node.scrollWidth > node.clientWidth + 1) fault("words are wider than their place", node);
    if (/hidden|clip/.test(style.overflowY) && node.scrollHeight > node.clientHeight + 1) fault("words are cut off", node);
  }

  for (const node of document.querySelectorAll("select option")) {
    if (!/\p{L}|\d/u.test(node.text)) fault("a choice without words", node.closest("select"));
  }
  for (const node of all(".btn, .form-control, .form-select, .tabbar a, .choice, summary.btn")) {
    if (box(node).height < tall - 0.5) fault(`only ${Math.round(box(node).height)} px high`, node);
  }
  return faults;
}

/* What paper would lose. First call, on the screen: remember what is read. Second, in print: what of it is gone or pale. */
({ printing }) => {
  const read = "h1, h2, h3, p, li, dt, dd, th, td, caption";
  const tools = ".btn, .no-print, .save-bar, .filter, .pages, form, nav, header, footer, .jump, .crumb, .acts, .banner, .langbar, .messages";
  const seen = (node) => node.checkVisibility({ visibilityProperty: true }) && node.getBoundingClientRect().height > 0;
  if (!printing) {
    const nodes = [...document.querySelectorAll(`main :is(${read})`)];
    window.readOnScreen = nodes.filter((node) => seen(node) && node.innerText.trim() && !node.closest(tools));
    window.readOnScreen = window.readOnScreen.filter((node) => [...node.childNodes].some((child) =>
      child.nodeType === Node.TEXT_NODE && child.data.trim()));
    return [];
  }
  const light = (color) => color.match(/[\d.]+/g).slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const said = (node) => `${node.tagName.toLowerCase()} “${node.innerText.trim().slice(0, 40)}”`;
  const faults = [];
  for (const node of window.readOnScreen) {
    if (!seen(node)) faults.push(`not printed: ${said(node)}`);
    // Grounds are not printed, so words must stand out from white paper.
    else if (1.05 / (light(getComputedStyle(node).color) + 0.05) < 4.5) faults.push(`pale on paper: ${said(node)}`);
  }
  for (const node of document.querySelectorAll(".rail, .topbar, .tabbar, .mast nav, .langbar, .site-foot, .btn")) {
    if (seen(node)) faults.push(`printed: ${node.className}`);
  }
  return faults;
}

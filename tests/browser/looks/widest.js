/* What reaches farthest out of the window of a page that scrolls sideways, or nothing. */
() => {
  const root = document.documentElement;
  const over = root.scrollWidth - root.clientWidth;
  if (over <= 0) return "";
  const reach = (box) => Math.max(box.right - root.clientWidth, -box.left);
  const far = [...document.body.querySelectorAll("*")]
    .map((element) => ({ element, by: reach(element.getBoundingClientRect()) }))
    .filter(({ by }) => Math.abs(by - over) <= 1)
    .map(({ element }) => `${element.localName}.${element.className} “${element.innerText?.slice(0, 40) ?? ""}”`);
  return `${over} px, ${far.slice(-3).join(", ")}`;
}

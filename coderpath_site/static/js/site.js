// What a page does beyond htmx. Everything works without it.

// The time zone that the browser knows, where a form asks for one and nobody has chosen yet.
for (const select of document.querySelectorAll("select[data-guess-time-zone]")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...select.options].some((option) => option.value === zone)) select.value = zone;
}

// A menu closes when the attention goes elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A form that came by htmx takes the focus: the first thing wrong with it, or else its first field.
document.addEventListener("htmx:afterSwap", (event) => {
  const form = event.detail.target.querySelector?.("form[data-take-focus]");
  if (!form) return;
  const first = form.querySelector("[aria-invalid='true'], [data-focus]") ||
    form.querySelector("input:not([type='hidden']), select, textarea");
  first?.focus();
});

// In a grid of fields the arrow keys go up and down its columns, as in a spreadsheet.
document.addEventListener("keydown", (event) => {
  const rows = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const grid = event.target.closest?.("form[data-grid]");
  if (!rows || !grid || event.target.type === "submit") return;
  const here = event.target.closest("fieldset");
  const fields = (row) => [...row.querySelectorAll("input:not([type='hidden'])")];
  const days = [...grid.querySelectorAll("fieldset")].filter((row) => fields(row).length);
  const next = days[days.indexOf(here) + rows];
  if (!next) return;
  event.preventDefault();
  const field = fields(next)[fields(here).indexOf(event.target)];
  field?.focus();
  field?.select();
});

// The server could not be reached, or failed: say so, and keep what was typed.
function complain() {
  const place = document.getElementById("messages");
  const template = document.getElementById("trouble");
  if (place && template) place.replaceChildren(template.content.cloneNode(true));
}
document.addEventListener("htmx:sendError", (event) => { if (event.detail.requestConfig.verb !== "get") complain(); });
document.addEventListener("htmx:responseError", (event) => { if (event.detail.requestConfig.verb !== "get") complain(); });

// A table of links is one stop of the Tab key: arrow keys, Home and End move in it.
for (const grid of document.querySelectorAll("table[data-grid]")) {
  const rows = [...grid.rows].map((row) => [...row.cells].map((cell) => cell.querySelector("a")));
  const links = rows.flat().filter(Boolean);
  for (const link of links) link.tabIndex = -1;
  if (links[0]) links[0].tabIndex = 0;
  const places = new Map(rows.flatMap((row, y) => row.map((link, x) => [link, [x, y]])));
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], Home: [-Infinity, 0], End: [Infinity, 0] };
  grid.addEventListener("focusin", (event) => {
    for (const link of links) if (link.tabIndex === 0 && link !== event.target) link.tabIndex = -1;
    event.target.tabIndex = 0;
  });
  grid.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    const place = places.get(event.target);
    if (!step || !place || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    let [x, y] = place;
    if (!Number.isFinite(step[0])) {
      const row = rows[y].filter(Boolean);
      row.at(step[0] < 0 ? 0 : -1)?.focus();
      return;
    }
    do {
      x += step[0];
      y += step[1];
    } while (rows[y] && x >= 0 && x < rows[y].length && !rows[y][x]);
    const next = rows[y]?.[x];
    if (!next) return;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}

// A list to choose from gets one box for all of them.
for (const table of document.querySelectorAll("table[data-choose]")) {
  const boxes = [...table.querySelectorAll("tbody input[type='checkbox']")];
  const head = table.querySelector("thead th");
  if (boxes.length < 2 || !head) continue;
  const label = Object.assign(document.createElement("label"), { className: "tick" });
  const all = Object.assign(document.createElement("input"), { type: "checkbox", ariaLabel: table.dataset.choose });
  label.append(all);
  head.replaceChildren(label);
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; });
  table.addEventListener("change", () => {
    all.checked = boxes.every((box) => box.checked);
    all.indeterminate = !all.checked && boxes.some((box) => box.checked);
  });
}

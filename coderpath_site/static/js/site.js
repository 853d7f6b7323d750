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

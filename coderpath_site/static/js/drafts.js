// What was typed into a form and could not be sent, kept on this device and offered back. Figures, dates and choices alone:
// free text never, for it is the server that refuses what could identify a patient. Pay's forms do not take part.
const DRAFTS = "draft:";
const DAYS_KEPT = 7;
const user = document.body.dataset.user;

const storage = (() => {
  try {
    localStorage.setItem(`${DRAFTS}probe`, "");
    localStorage.removeItem(`${DRAFTS}probe`);
    return localStorage;
  } catch {
    return null; // a browser that keeps nothing: then nothing is kept
  }
})();

const keyOf = (form) => `${DRAFTS}${user}:${form.getAttribute("action") || location.pathname + location.search}`;

function isKept(field) {
  if (!field.name || field.type === "hidden" || field.disabled) return false;
  if (field.matches("select, input[type='date'], input[type='number'], input[type='checkbox'], input[type='radio']")) return true;
  return field.matches("input[inputmode='numeric'], input[inputmode='decimal']");
}

const fieldsOf = (form) => [...form.elements].filter(isKept);
const isTick = (field) => field.type === "checkbox" || field.type === "radio";

function valuesOf(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    if (isTick(field)) {
      if (field.checked) (values[field.name] ??= []).push(field.value);
    } else if (field.multiple) {
      values[field.name] = [...field.selectedOptions].map((option) => option.value);
    } else {
      values[field.name] = [field.value];
    }
  }
  return values;
}

function putBack(form, values) {
  for (const field of fieldsOf(form)) {
    const given = values[field.name] ?? [];
    if (isTick(field)) field.checked = given.includes(field.value);
    else if (field.multiple) for (const option of field.options) option.selected = given.includes(option.value);
    else if (field.name in values) field.value = given[0];
  }
}

function read(key) {
  try {
    const draft = JSON.parse(storage.getItem(key));
    return draft && Date.now() - draft.at < DAYS_KEPT * 864e5 ? draft : null;
  } catch {
    return null;
  }
}

function forgetAll(which = () => true) {
  for (const key of Object.keys(storage)) if (key.startsWith(DRAFTS) && which(key)) storage.removeItem(key);
}

function offer(form) {
  const key = keyOf(form);
  const draft = read(key);
  const template = document.getElementById("draft-offer");
  if (!draft || !template || JSON.stringify(draft.values) === JSON.stringify(valuesOf(form))) return;
  const bar = template.content.firstElementChild.cloneNode(true);
  bar.querySelector("time").textContent = new Date(draft.at).toLocaleString(document.documentElement.lang);
  bar.querySelector("[data-put-back]").addEventListener("click", () => {
    putBack(form, draft.values);
    bar.remove();
    form.querySelector("input:not([type='hidden']), select")?.focus();
  });
  bar.querySelector("[data-forget]").addEventListener("click", () => { storage.removeItem(key); bar.remove(); });
  form.before(bar);
}

if (storage && user) {
  // A saved form says so on the page that follows; whatever was sent and was not confirmed is still a draft.
  forgetAll((key) => read(key) === null || (read(key).sent && document.querySelector(".message.success")));
  document.querySelectorAll("form[data-draft]").forEach(offer);
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-draft]");
    if (form && isKept(event.target)) storage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), values: valuesOf(form) }));
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-sign-out]")) return forgetAll();
    const draft = event.target.matches("form[data-draft]") && read(keyOf(event.target));
    if (draft) storage.setItem(keyOf(event.target), JSON.stringify({ ...draft, sent: true }));
  });
  document.addEventListener("htmx:afterSwap", (event) => event.detail.target.querySelectorAll?.("form[data-draft]").forEach(offer));
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest?.("form[data-draft]");
    if (form && event.detail.successful && event.detail.requestConfig.verb === "post") storage.removeItem(keyOf(form));
  });
}

// Search as you type, the "/" key, the copy button and the print button. The pages are complete without this file.

const PAUSE_MS = 60;
// How a suggestion names what matched when it is not the title.
const KINDS = {
  title: "short title",
  inclusion_term: "inclusion term",
  includes_note: "includes",
  index_entry: "index",
  synonym: "synonym",
  inherited: "from the header",
};
const input = document.querySelector("#query");

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    input.focus();
    input.select();
  }
});

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// Spans count code points; a string counts UTF-16 units.
function marked(text, spans = []) {
  const points = Array.from(text);
  const parts = [];
  let at = 0;
  for (const { start = 0, end } of spans) {
    parts.push(points.slice(at, start).join(""));
    parts.push(element("mark", {}, points.slice(start, end).join("")));
    at = end;
  }
  parts.push(points.slice(at).join(""));
  return element("span", {}, ...parts);
}

function suggest() {
  const list = element("ul", { id: "suggestions", className: "suggestions", role: "listbox", ariaLabel: "Codes" });
  const status = element("p", { className: "unseen", role: "status" });
  const { effective_on, prefer_billable } = input.form.elements;
  const date = effective_on?.value ?? "";
  let pause;
  let request;
  let active = -1;

  list.hidden = true;
  input.form.append(list, status);
  input.role = "combobox";
  input.ariaAutoComplete = "list";
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-keyshortcuts", "/");
  toggle(false);

  function toggle(open) {
    list.hidden = !open;
    input.ariaExpanded = String(open);
    if (!open) choose(-1);
  }

  function choose(index) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = index;
    const option = list.children[active];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function option(hit, index) {
    const { entry, highlights, matched_term: term, matched_term_highlights: termHighlights } = hit;
    const code = element("span", { className: "code" }, entry.code);
    const made = element("li", { id: `suggestion-${index}`, role: "option", ariaSelected: "false" }, code);
    made.append(marked(entry.title, highlights), ...standing(entry));
    if (term) made.append(element("span", { className: "why" }, `${KINDS[hit.match_kind] ?? "matched"}: `, marked(term, termHighlights)));
    const place = entry.level === "code" ? "codes" : "browse";
    made.dataset.href = `/${place}/${entry.system}/${encodeURIComponent(entry.code)}`;
    if (date) made.dataset.href += `?effective_on=${encodeURIComponent(date)}`;
    return made;
  }

  function standing({ billable, effective_from: from, effective_to: to }) {
    const on = date || new Date().toISOString().slice(0, 10);
    const made = (kind, text) => [element("span", { className: `badge ${kind}` }, text)];
    if (to && to < on) return made("stop", `Ended ${to}`);
    if (from > on) return made("stop", `From ${from}`);
    return billable ? made("billable", "Billable") : [];
  }

  async function ask() {
    request?.abort();
    const mine = (request = new AbortController());
    const query = input.value.trim();
    if (!query) return show([], "");
    const parameters = new URLSearchParams({ query, as_typed: "true", page_size: "8" });
    if (date) parameters.set("effective_on", date);
    if (prefer_billable) parameters.set("prefer_billable", prefer_billable.value);
    try {
      const response = await fetch(`/api/v1/search?${parameters}`, { signal: mine.signal });
      const { hits = [] } = response.ok ? await response.json() : {};
      if (mine === request) show(hits, hits.length === 1 ? "1 suggestion" : `${hits.length || "No"} suggestions`);
    } catch {
      if (mine === request) show([], "");
    }
  }

  function show(hits, message) {
    choose(-1);
    list.replaceChildren(...hits.map(option));
    status.textContent = message;
    toggle(hits.length > 0 && document.activeElement === input);
  }

  input.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(ask, PAUSE_MS);
  });
  input.addEventListener("blur", () => toggle(false));
  input.form.addEventListener("submit", () => clearTimeout(pause));
  input.addEventListener("keydown", (event) => {
    const count = list.children.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && count) {
      event.preventDefault();
      if (list.hidden) toggle(true);
      // One place more than there are options: the field itself.
      choose(((active + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      location.assign(list.children[active].dataset.href);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      toggle(false);
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const chosen = event.target.closest("li");
    if (chosen) location.assign(chosen.dataset.href);
  });
}

suggest();

function offerCopies(shown) {
  for (const button of navigator.clipboard ? shown.querySelectorAll("[data-copy]") : []) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = "Copied";
    });
  }
}

offerCopies(document);
// What a page shows later tells of itself.
document.addEventListener("shown", (event) => offerCopies(event.target));

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// A page may be printed long after it was opened.
addEventListener("beforeprint", () => {
  const today = new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  for (const time of document.querySelectorAll("[data-printed]")) time.textContent = today;
});

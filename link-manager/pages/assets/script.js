// Everything works without this. With it, rows turn by themselves, and the keyboard is enough.
"use strict";

const list = document.querySelector("#links");
const live = document.querySelector(".live");

// part asks the server for a part of a page, as an element.
async function part(path, selector) {
  const answer = await fetch(path);
  if (!answer.ok) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(selector);
}

// count has the numbers of the filters follow, soon after the last change.
let counting;
function count() {
  clearTimeout(counting);
  counting = setTimeout(async () => {
    const fresh = await part("/chips" + location.search, ".chips");
    const old = document.querySelector(".chips");
    if (fresh && !old.contains(document.activeElement)) old.replaceWith(fresh);
    const waits = await part("/decide/waiting", ".waits");
    if (waits) document.querySelector(".waits").replaceWith(waits);
  }, 200);
}

// board is a page that is shown anew as a whole when there is news.
const board = document.querySelector("[data-live]");
let redrawing;
function redraw() {
  clearTimeout(redrawing);
  redrawing = setTimeout(async () => {
    const fresh = await part(location.pathname + location.search, "body");
    if (!fresh) return;
    const old = document.querySelector("[data-live]");
    if (old.contains(document.activeElement) || old.querySelector("details[open]")) {
      say("There is news; reload to see it.");
    } else old.replaceWith(fresh.querySelector("[data-live]"));
    document.querySelector(".waits").replaceWith(fresh.querySelector(".waits"));
  }, 400);
}

// refresh puts the server's newest row in the place of the old one.
async function refresh(id) {
  const old = document.getElementById("link-" + id);
  if (!old) return;
  const fresh = await part(`/links/${encodeURIComponent(id)}/row?back=${encodeURIComponent(location.pathname + location.search)}`, ".link");
  if (!fresh || !old.isConnected) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
  if (fresh.dataset.mark !== old.dataset.mark) fresh.classList.add("turned");
  if (old.querySelector(".pick")?.checked) fresh.querySelector(".pick").checked = true;
  old.replaceWith(fresh);
  if (focused) [...fresh.querySelectorAll("[aria-label]")].find((e) => e.getAttribute("aria-label") === focused)?.focus();
}

// prepend shows a link that was saved elsewhere at the top of the first page of all links.
async function prepend(id) {
  if (location.search || document.getElementById("link-" + id)) return;
  const place = document.createElement("li");
  place.id = "link-" + id;
  list.prepend(place);
  await refresh(id);
  document.querySelector(".empty")?.remove();
}

// again loads the page anew, unless somebody has typed something that would be lost.
function again() {
  const typed = [...document.querySelectorAll("input:not([type=hidden]), textarea")].some((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked);
  if (!typed) return location.reload();
  say("There is news; reload to see it.");
}

// say tells how the connection is.
function say(text) {
  live.hidden = !text;
  live.textContent = text;
}

// listen hears of changes as they happen. The browser connects again by itself, and says where it was, so that nothing is
// missed; after an answer that is none it gives up, and we begin anew, with a look at all that is shown.
function listen(anew) {
  const events = new EventSource("/v1/events");
  let opened = false;
  events.addEventListener("link", (event) => {
    const { kind, link_id: id } = JSON.parse(event.data);
    if (board) return redraw();
    if (list) count();
    if (!list) {
      if (document.querySelector(".one").dataset.id === id && kind === "checked") again();
    } else if (kind === "added") prepend(id);
    else if (kind === "deleted") document.getElementById("link-" + id)?.remove();
    else refresh(id);
  });
  events.addEventListener("reset", again);
  events.onerror = () => {
    say("Connection lost; trying again…");
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 5000, true);
  };
  events.onopen = () => {
    say("");
    live.dataset.open = "";
    if (!opened && anew) again();
    else if (!opened && list) { // what turned between the page and the connection
      for (const row of list.querySelectorAll("[data-mark=checking]")) refresh(row.dataset.id);
      count();
    }
    if (!opened && board) redraw();
    opened = true;
  };
  addEventListener("pagehide", () => events.close());
}

if (list || board || document.querySelector(".one")) listen();

// All on the page are chosen with one box.
const all = document.querySelector("#all");
const picks = () => [...document.querySelectorAll(".pick")];
document.querySelector(".list")?.addEventListener("change", ({ target }) => {
  if (target === all) for (const pick of picks()) pick.checked = all.checked;
  else if (target.matches(".pick")) {
    const chosen = picks().filter((pick) => pick.checked).length;
    all.checked = chosen === picks().length;
    all.indeterminate = chosen > 0 && !all.checked;
  }
});

// help shows the page of that name over this one.
async function help() {
  let dialog = document.querySelector("#help");
  if (!dialog) {
    const text = await part("/help", "article");
    if (!text) return;
    dialog = document.createElement("dialog");
    dialog.id = "help";
    dialog.setAttribute("aria-labelledby", "help-title");
    const close = document.createElement("form");
    close.method = "dialog";
    close.append(Object.assign(document.createElement("button"), { textContent: "Close" }));
    dialog.append(text, close);
    document.body.append(dialog);
  }
  if (!dialog.open) dialog.showModal();
}
document.querySelector("[data-help]")?.addEventListener("click", (event) => { event.preventDefault(); help(); });

// Where a search goes wrong is where the caret stands.
const wrong = document.querySelector("#q[data-at]");
if (wrong) {
  wrong.focus();
  wrong.setSelectionRange(wrong.dataset.at, wrong.dataset.at);
}

// The keys, which /help lists.
const current = () => document.activeElement.closest(".link");
function step(by) {
  const rows = [...document.querySelectorAll(".link .name a")];
  const at = rows.findIndex((a) => a.closest(".link") === current());
  rows[Math.min(Math.max(at + by, 0), rows.length - 1)]?.focus();
}
const keys = {
  "/": () => document.querySelector("#q")?.focus(),
  a: () => document.querySelector("#add")?.focus(),
  j: () => step(1),
  k: () => step(-1),
  c: () => (current() ?? document.querySelector(".one"))?.querySelector("[data-key=c]")?.click(),
  x: () => current()?.querySelector(".pick")?.click(),
  t: () => document.querySelector("#bulk-tag")?.focus(),
  "?": help,
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
});

// Imports tell how far they are until all are finished; what is there then is the page without us.
const jobs = () => [...document.querySelectorAll("[data-import][data-open]")];

// further puts what the server says of an import in the place of what it said before.
async function further(id) {
  const fresh = await part(`/import/${encodeURIComponent(id)}/progress`, "[data-import]");
  const old = document.querySelector(`[data-import="${CSS.escape(id)}"]`);
  if (!fresh || !old) return;
  old.replaceWith(fresh);
  if (!("open" in fresh.dataset) && document.querySelector(".job")) again();
}
function follow() {
  const events = new EventSource("/import/events");
  const all = () => { for (const job of jobs()) further(job.dataset.import); };
  events.addEventListener("import", async (event) => {
    await further(JSON.parse(event.data).id);
    if (!jobs().length) events.close();
  });
  events.onopen = () => { live.hidden = true; live.dataset.open = ""; all(); };
  events.onerror = () => {
    if (events.readyState === EventSource.CLOSED) return all();
    live.hidden = false;
    live.textContent = "Connection lost; trying again…";
  };
  addEventListener("pagehide", () => events.close());
}
if (jobs().length) follow();

// A file that is too long is not sent at all.
document.querySelector("[data-most]")?.addEventListener("change", ({ target }) => {
  const long = target.files[0]?.size > target.dataset.most * 2 ** 20;
  target.setCustomValidity(long ? `This file is longer than ${target.dataset.most} MiB. Export it in parts.` : "");
  target.reportValidity();
});

// What is shown once is not made again by loading the page anew, and not shown by going back to it.
const once = document.querySelector("[data-once]");
if (once) history.replaceState(null, "", "/settings");
addEventListener("pageshow", (event) => { if (event.persisted && once) location.reload(); });
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
  });
}

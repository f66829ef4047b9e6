// Everything works without this. With it, rows turn by themselves, and the keyboard is enough.
"use strict";

const list = document.querySelector("#links");
const live = document.querySelector(".live");

// here is the address of what is shown.
const here = () => list?.closest("form").elements.back.value ?? location.pathname + location.search;

// part asks the server for a part of a page, as an element; null if there is none.
async function part(path, selector) {
  try {
    const answer = await fetch(path);
    if (answer.redirected && new URL(answer.url).pathname === "/sign-in") return leave();
    if (!answer.ok) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(selector);
  } catch {
    return null;
  }
}

// leave goes to where one signs in, because the session ended; what somebody has typed is not lost by it.
let ended = false;
function leave() {
  ended = true;
  if (typed()) say("You are signed out; reload to sign in.");
  else location.assign("/sign-in?return_to=" + encodeURIComponent(here()));
  return null;
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
    const fresh = await part(here(), "body");
    if (!fresh?.querySelector("[data-live]")) return;
    const old = document.querySelector("[data-live]");
    if (old.contains(document.activeElement) || old.querySelector("details[open]")) {
      say("There is news; reload to see it.");
    } else old.replaceWith(fresh.querySelector("[data-live]"));
    document.querySelector(".waits").replaceWith(fresh.querySelector(".waits"));
  }, 400);
}

// news are the links that changed, and whether they were added. A few rows are asked for at a time; when many wait, or nobody
// knows how many, the list is asked for as a whole instead, and then not again for some seconds.
const news = new Map();
let stale = false;
let asked = new Map();
let working = false;
async function work() {
  if (working) return;
  working = true;
  while ((stale || news.size) && !ended && !document.hidden) {
    const whole = stale || news.size > 20;
    if (whole) await relist();
    else await refresh();
    await new Promise((done) => setTimeout(done, whole ? 3000 : 200));
  }
  working = false;
}

// refresh puts the server's newest rows in the place of the old ones, and those of links that were added at the top.
async function refresh() {
  asked = new Map([...news].slice(0, 4));
  for (const id of asked.keys()) news.delete(id);
  const back = encodeURIComponent(here());
  const rows = await Promise.all([...asked.keys()].map((id) => part(`/links/${encodeURIComponent(id)}/row?back=${back}`, ".link")));
  for (const row of rows) {
    if (!row || !asked.has(row.dataset.id)) continue;
    const old = document.getElementById(row.id);
    if (old) keepFocus(() => { keep(old, row); old.replaceWith(row); });
    else if (asked.get(row.dataset.id)) list.prepend(row);
    document.querySelector(".empty")?.remove();
  }
  while (list.children.length > Number(list.dataset.size)) {
    list.lastElementChild.remove();
    stale ||= !document.querySelector(".turn"); // there is a next page now
  }
}

// relist puts the server's newest list in the place of the old one.
async function relist() {
  news.clear();
  stale = false;
  const fresh = await part(here(), "body");
  const rows = fresh?.querySelector("#links")?.children;
  if (!rows) return void (stale = true);
  for (const row of rows) keep(document.getElementById(row.id), row);
  keepFocus(() => list.replaceChildren(...rows));
  for (const name of [".turn", ".empty"]) {
    const old = document.querySelector(name);
    if (old?.contains(document.activeElement)) continue;
    old?.remove();
    list.closest("form").after(fresh.querySelector(name) ?? "");
  }
}

// keep has a new row look as it was left.
function keep(old, fresh) {
  if (old && fresh.dataset.mark !== old.dataset.mark) fresh.classList.add("turned");
  if (old?.querySelector(".pick").checked) fresh.querySelector(".pick").checked = true;
}

// keepFocus leaves the focus on the same thing of the same row.
function keepFocus(change) {
  const name = (e) => e.getAttribute("aria-label") ?? e.href;
  const focused = document.activeElement;
  const row = list.contains(focused) && focused.closest(".link");
  change();
  if (!row || focused.isConnected) return;
  const things = document.getElementById(row.id)?.querySelectorAll("a, button, input") ?? [];
  [...things].find((e) => name(e) === name(focused))?.focus();
}

// hear takes in that something happened to a link.
function hear(kind, id) {
  count();
  if (kind === "deleted") {
    news.delete(id);
    asked.delete(id);
    document.getElementById("link-" + id)?.remove();
  } else if (kind === "added" ? here() === "/" : news.has(id) || asked.has(id) || document.getElementById("link-" + id)) {
    news.set(id, kind === "added" || Boolean(news.get(id) ?? asked.get(id)));
    work();
  }
}

// typed says whether somebody has typed something that would be lost.
const typed = () => [...document.querySelectorAll("input:not([type=hidden]), textarea")]
  .some((field) => field.type === "checkbox" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue);

// again loads the page anew, unless somebody has typed something that would be lost.
function again() {
  if (!typed()) return location.reload();
  say("There is news; reload to see it.");
}

// say tells how the connection is.
const lost = "Connection lost; trying again…";
function say(text) {
  live.hidden = !text;
  live.textContent = text;
}

// follow hears of events while the page can be seen: a browser has few connections to a server, and a page that nobody sees
// needs none. The browser connects again by itself, and says where it was, so that nothing is missed; after an answer that is
// none it gives up, and we ask why, and begin anew. opened hears of each beginning, and whether it is the first.
function follow({ path, heard, opened, refused, wanted = () => true }) {
  let events, soon, first = true;
  function close() {
    clearTimeout(soon);
    events?.close();
    events = null;
    delete live.dataset.open;
    if (live.textContent === lost) say("");
  }
  function begin() {
    close();
    if (document.hidden || !wanted()) return;
    ended = false;
    const mine = events = new EventSource(path);
    let begun = false;
    for (const [name, hears] of Object.entries(heard)) {
      mine.addEventListener(name, async (event) => {
        await hears(JSON.parse(event.data));
        if (!wanted()) close();
      });
    }
    mine.onopen = () => {
      if (live.textContent === lost) say("");
      live.dataset.open = "";
      if (!begun) opened(first);
      begun = true;
      first = false;
    };
    mine.onerror = async () => {
      if (mine.readyState === EventSource.CLOSED) {
        await refused();
        if (ended || mine !== events || !wanted()) return;
        soon = setTimeout(begin, 5000);
      }
      say(lost);
    };
  }
  document.addEventListener("visibilitychange", begin);
  addEventListener("pageshow", (event) => { if (event.persisted) begin(); });
  addEventListener("pagehide", close);
  begin();
}

// listen hears of what happens to links.
function listen() {
  const one = document.querySelector(".one");
  const loaded = !document.hidden;
  follow({
    path: "/v1/events",
    heard: {
      link({ kind, link_id: id }) {
        if (board) redraw();
        else if (list) hear(kind, id);
        else if (one.dataset.id === id && kind === "checked") again();
      },
      reset: missed,
    },
    opened(first) {
      if (!first || !loaded || board) return missed();
      if (!list) return;
      // what turned between the page and the connection
      for (const row of list.querySelectorAll("[data-mark=checking]")) hear("checked", row.dataset.id);
      count();
    },
    refused: () => part("/decide/waiting", ".waits"),
  });
}

// missed has the page show what nobody told it.
async function missed() {
  if (board) return redraw();
  if (list) {
    stale = true;
    count();
    return work();
  }
  const moments = (page) => [...page.querySelectorAll(".one time")].map((time) => time.dateTime).join();
  const fresh = await part(here(), "body");
  if (fresh && moments(fresh) !== moments(document)) again();
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
    dialog.append(close, text);
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
  r: () => current()?.querySelector("[data-key=r]")?.click(),
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
const allFurther = () => Promise.all(jobs().map((job) => further(job.dataset.import)));
if (jobs().length) {
  follow({
    path: "/import/events", heard: { import: ({ id }) => further(id) },
    opened: allFurther, refused: allFurther, wanted: () => jobs().length > 0,
  });
}

// A file that is too long is not sent at all.
document.querySelector("[data-most]")?.addEventListener("change", ({ target }) => {
  const long = target.files[0]?.size > target.dataset.most * 2 ** 20;
  target.setCustomValidity(long ? `This file is longer than ${target.dataset.most} MiB. Export it in parts.` : "");
  target.reportValidity();
});

// A text that is too long to be saved is told while it is typed.
for (const text of document.querySelectorAll("[data-characters]")) {
  const most = Number(text.dataset.characters);
  const measure = () => {
    const has = [...text.value].length;
    text.setCustomValidity(has > most ? `It has ${has} characters; the most allowed is ${most}.` : "");
  };
  text.addEventListener("input", measure);
  measure();
}

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

"use strict";
// what was sent is shown with textContent alone, never as HTML; a mail's HTML lives in a frame that runs nothing
const byId = (id) => document.getElementById(id);
const saved = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
let language = saved("language") || (navigator.language.startsWith("zh") ? "zh" : "en");
const linked = () => new URLSearchParams(location.hash.slice(1)).get("to") || "";
let chosen = linked();
let ahead = 0;
const words = () => WORDS[language];

const element = (tag, name, text) => {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
};
const get = async (path) => { const answer = await fetch(path); return answer.ok ? answer.json() : null; };
const post = async (path, value) => {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(value) });
  return answer.json();
};
const moment = (text) => new Date(text).toLocaleString(language === "zh" ? "zh-CN" : "en-GB",
  { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
const hue = (text) => [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 8, 7);

function translate() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = words()[node.dataset.word];
  for (const node of document.querySelectorAll("[data-language]")) node.setAttribute("aria-pressed", node.dataset.language === language);
  byId("search").placeholder = words().search;
  byId("search").setAttribute("aria-label", words().search);
  byId("fault").replaceChildren(...Object.entries(words().fault).map(([value, text]) => Object.assign(element("option", "", text), { value })));
}

async function listPeople() {
  const asked = byId("search").value;
  const found = await get(`/api/people?q=${encodeURIComponent(asked)}`);
  if (!found || asked !== byId("search").value) return;
  byId("total").textContent = found.people.length ? words().total(found.total, found.people.length) : asked ? words().none : words().nobody;
  byId("people").replaceChildren(...found.people.map(personLine));
  if (!chosen && found.people.length) choose(found.people[0].address);
}

function personLine(person) {
  const line = element("li"), button = element("button", person.addresses.includes(chosen) || person.address === chosen ? "chosen" : "");
  button.type = "button";
  button.dataset.address = person.address;
  const avatar = element("span", `avatar hue${hue(person.name)}`, [...person.name][0] || "?");
  const text = element("span", "who");
  text.append(element("b", "", person.name), element("small", "", person.addresses.filter((a) => a !== person.name).join(" · ")));
  const marks = element("span", "marks");
  for (const channel of person.channels) marks.append(Object.assign(element("i", `dot ${known(channel)}`), { title: words()[channel] || channel }));
  if (person.count) marks.append(element("em", "", person.count));
  button.append(avatar, text, marks);
  button.addEventListener("click", () => choose(person.address));
  line.append(button);
  return line;
}

async function choose(address) {
  chosen = address;
  history.replaceState(null, "", `#to=${encodeURIComponent(address)}`);
  for (const button of document.querySelectorAll("#people button")) button.classList.toggle("chosen", button.dataset.address === address);
  const person = await get(`/api/person?address=${encodeURIComponent(address)}`);
  if (address !== chosen) return;
  byId("name").textContent = person ? person.name : words().choose;
  byId("addresses").textContent = person ? person.addresses.filter((a) => a !== person.name).join(" · ") : "";
  const items = person ? person.items : [];
  byId("feed").replaceChildren(...(items.length ? items.map(show) : [element("p", "empty", words().nothing)]));
  byId("feed").scrollTop = 0;
  const records = person ? person.records : [];
  byId("records").replaceChildren(...(records.length ? records.map(record) : [element("p", "quiet", words().noRecord)]));
}

const known = (channel) => (["email", "sms", "wechat", "wecom", "webhook", "audience"].includes(channel) ? channel : "other");

function show(item) {
  if (item.channel === "audience") return element("p", "notice", `${item.title === "POST" ? words().joined : words().left} · ${moment(item.at)}`);
  const card = element("article", `item ${known(item.channel)}`);
  const head = element("header");
  head.append(element("span", `dot ${known(item.channel)}`), element("b", "", words()[item.channel] || item.channel),
    element("span", "from", item.channel === "sms" && item.title ? `【${item.title}】` : [item.channel, "smtp"].includes(item.vendor) ? "" : item.vendor), element("time", "", moment(item.at)));
  card.append(head);
  if (item.kind === "mail") card.append(element("h3", "", item.title || words().untitled), mailFrame(item));
  else card.append(...(item.title && item.channel !== "sms" ? [element("h3", "", item.title)] : []), element("p", "body", item.body));
  return card;
}

function mailFrame(item) {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "");
  frame.setAttribute("referrerpolicy", "no-referrer");
  frame.loading = "lazy";
  frame.title = item.title || words().untitled;
  frame.src = `/mail/${encodeURIComponent(item.id)}`;
  return frame;
}

function record(found) {
  const card = element("div", "record"), table = element("dl");
  card.append(element("p", "kind", `${found.vendor} · ${found.object}`));
  for (const [name, value] of Object.entries(found.properties)) {
    table.append(element("dt", "", name), element("dd", "", typeof value === "object" ? JSON.stringify(value) : String(value)));
  }
  card.append(table);
  return card;
}

function tick() {
  const now = new Date(Date.now() + ahead);
  byId("phone-time").textContent = now.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  byId("clock").textContent = now.toLocaleString(language === "zh" ? "zh-CN" : "en-GB", { dateStyle: "medium", timeStyle: "medium" });
}
const takeClock = (state) => { if (state && state.now) { ahead = Date.parse(state.now) - Date.now(); tick(); } };
function takeFaults(state) {
  if (!state) return;
  const mail = Object.entries(state.mail).map(([pattern, reply]) => `${pattern}: ${reply}`);
  const lines = [...state.http.map((name) => words().fault[name] || name), ...mail, ...Array(state.drop_after_data).fill("DATA ✂")];
  byId("faults").replaceChildren(...(lines.length ? lines.map((line) => element("li", "", line)) : [element("p", "quiet", words().noFaults)]));
}

async function refresh() {
  await listPeople();
  if (chosen) await choose(chosen);
  takeClock(await get("/api/clock"));
  takeFaults(await get("/api/faults"));
}

for (const button of document.querySelectorAll("[data-language]")) button.addEventListener("click", () => {
  language = button.dataset.language;
  try { localStorage.setItem("language", language); } catch { /* a browser that keeps nothing */ }
  translate();
  refresh();
});
let typing = 0;
byId("search").addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(listPeople, 120); });
byId("clock-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  takeClock(await post("/api/clock", { now: new Date(byId("clock-time").value).toISOString() }));
});
byId("clock-reset").addEventListener("click", async () => takeClock(await post("/api/clock", { now: null })));
byId("fault-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  takeFaults(await post("/api/faults", { http: [byId("fault").value] }));
});
byId("fault-clear").addEventListener("click", async () => takeFaults(await post("/api/faults", { clear: true })));
addEventListener("hashchange", () => { if (linked()) choose(linked()); });
setInterval(tick, 1000);
translate();
refresh();

"use strict";
// What is shown stands in the address, behind the place: #lock/threads/width=2?backend=threads&q=pipe. Whoever shows a part of
// it registers how to get and to set that part as text; "" is how the page comes.
const view = { parts: new Map(), place: null };
view.split = () => {
  const [place, ...rest] = location.hash.slice(1).split("?");
  return [place, rest.join("?")];
};
view.join = (names) => names.map((name) => name.replace(/[%,]/g, encodeURIComponent)).join(",");
view.decode = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // an address that somebody typed
  }
};
view.parse = (text) => text.split(",").filter(Boolean).map(view.decode);
view.text = () => {
  const wanted = new URLSearchParams();
  for (const [name, part] of view.parts) if (part.get()) wanted.set(name, part.get());
  return wanted.toString().replaceAll("%2C", ",").replaceAll("%2F", "/").replaceAll("%3A", ":");
};
view.save = (step) => {
  const [place, before] = view.split();
  const text = view.text();
  if (step && text === before) return;
  const address = `#${place}${text && "?"}${text}`;
  history[step ? "pushState" : "replaceState"]({ view: true }, "", address);
};
view.load = () => {
  const wanted = new URLSearchParams(view.split()[1]);
  for (const [name, part] of view.parts) part.set(wanted.get(name) || "");
};
view.visit = (again) => {
  const [place] = view.split();
  if (place === view.place && !again) return;
  view.place = place;
  document.querySelectorAll(".here").forEach((old) => old.classList.remove("here"));
  const found = place && document.getElementById(view.decode(place));
  if (!found) return;
  for (let at = found; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  found.classList.add("here");
  found.scrollIntoView();
};
addEventListener("popstate", (event) => {
  const follows = !event.state && !location.hash.includes("?");
  if (follows) view.save(false); // a link within the page: what is shown stays as it is
  else view.load();
  view.visit(follows);
});

// What is unfolded is part of what is shown. On paper all is, but for the code: it would be a hundred sheets.
{
  const every = [...document.querySelectorAll("details")];
  const names = new Map(every.map((one, number) => [one, one.id || String(number)]));
  const start = new Set(every.filter((one) => one.open));
  view.parts.set("open", {
    get: () => {
      const opened = every.filter((one) => one.open && !start.has(one) && !one.querySelector(".here")); // the place says those
      return view.join(opened.map((one) => names.get(one)));
    },
    set: (text) => {
      const wanted = new Set(view.parse(text));
      for (const one of every) one.open = start.has(one) || wanted.has(names.get(one));
    },
  });
  let folded = null; // while it is printed: what is to be folded again
  for (const one of every) one.addEventListener("toggle", () => folded || view.save(false));
  matchMedia("print").addEventListener("change", ({ matches }) => {
    if (matches) folded = every.filter((one) => !one.open && !one.classList.contains("code"));
    for (const one of folded || []) one.open = matches;
    if (!matches) folded = null;
  });
}

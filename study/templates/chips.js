// Chips: any number of each group can be pressed, and what fits none of the pressed ones of a group is not shown.
view.chips = [...document.querySelectorAll(".view button[data-value]")].map((button) => ({
  button, group: button.closest("fieldset").dataset.group, value: button.dataset.value,
  number: button.dataset.n, style: button.dataset.style,
}));
view.pressed = (group) => view.chips.filter((chip) => chip.group === group && chip.button.ariaPressed === "true");
view.allows = (group, value) => {
  const pressed = view.pressed(group);
  return !pressed.length || pressed.some((chip) => chip.value === value);
};
{
  const backends = new Map(view.chips.filter((chip) => chip.group === "backend").map((chip) => [chip.number, chip]));
  const factsOf = (element, number) => ({
    backend: backends.get(number).value, style: backends.get(number).style,
    family: element.closest("[data-family]")?.dataset.family,
    python: element.closest("[data-python]")?.dataset.python, machine: element.closest("[data-machine]")?.dataset.machine,
  });
  const groups = [...new Set(view.chips.map((chip) => chip.group))];
  const fits = (facts, except) => groups.every((group) => group === except || facts[group] === undefined || view.allows(group, facts[group]));
  const known = new Map(); // what was measured of which backend where: a chip that would leave nothing of it cannot be pressed
  const note = (facts) => known.set(JSON.stringify(facts), facts);
  const marked = [...document.querySelectorAll("[data-b]")].map((element) => {
    const each = element.dataset.b.split(" ").map((number) => factsOf(element, number));
    const hasNumbers = element.tagName === "TR" && element.querySelector("td.number") && !element.querySelector("td.words");
    if (hasNumbers || element.closest("table.failing")) each.forEach(note);
    return { element, each };
  });
  const wholes = [...document.querySelectorAll("[data-python], [data-family]")];
  const columns = marked.filter(({ element }) => element.tagName === "TH");
  view.chosen = new Map(); // element -> whether the chips let it be seen
  view.choose = () => {
    for (const { element, each } of marked) view.chosen.set(element, each.some((facts) => fits(facts)));
    for (const element of wholes) {
      const { family, python, machine } = element.dataset;
      element.hidden = !fits({ family, python, machine });
    }
    for (const [element, seen] of view.chosen) if (!["TR", "TH"].includes(element.tagName)) element.toggleAttribute("hidden", !seen);
    for (const { element } of columns) {
      const at = element.cellIndex;
      for (const row of element.closest("table").rows) row.cells[at].hidden = !view.chosen.get(element);
    }
    for (const { button, group, value } of view.chips) {
      const leaves = [...known.values()].some((facts) => facts[group] === value && fits(facts, group));
      button.disabled = !leaves && button.ariaPressed !== "true";
    }
  };
  for (const group of groups) {
    view.parts.set(group, {
      get: () => view.join(view.pressed(group).map((chip) => chip.value)),
      set: (text) => {
        const wanted = new Set(view.parse(text));
        for (const chip of view.chips) if (chip.group === group) chip.button.ariaPressed = String(wanted.has(chip.value));
      },
    });
  }
  for (const { button } of view.chips) {
    button.addEventListener("click", () => {
      button.ariaPressed = String(button.ariaPressed !== "true");
      view.show();
      view.save(true);
    });
  }
}

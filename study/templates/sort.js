// A click on a heading sorts by that column, by its numbers where it has any; a second one turns it round.
{
  const tables = new Map();
  const value = (row, column) => {
    let at = 0;
    for (const cell of row.cells) {
      if (at === column && cell.colSpan === 1) {
        const rank = cell.dataset.rank;
        return rank === undefined ? cell.textContent.trim() : Number(rank);
      }
      at += cell.colSpan;
    }
    return "\uffff"; // words that span the columns stay below the numbers
  };
  const compare = (a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b
      : typeof a === "number" ? -1 : typeof b === "number" ? 1 : a.localeCompare(b);
  const known = ([key]) => typeof key === "number" || (key !== "—" && key !== "\uffff");
  const sort = (table, column, down) => {
    const { body, asBefore, heads } = tables.get(table);
    for (const head of heads) head.removeAttribute("aria-sort");
    if (column === null) return body.append(...asBefore);
    heads[column].setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = asBefore.map((row) => [value(row, column), row]);
    const sorted = rows.filter(known).sort((a, b) => (down ? -1 : 1) * compare(a[0], b[0]));
    return body.append(...[...sorted, ...rows.filter((row) => !known(row))].map(([, row]) => row));
  };
  for (const table of document.querySelectorAll("main table")) {
    const [body, heads] = [table.tBodies[0], [...table.tHead.rows[0].cells]];
    tables.set(table, { body, asBefore: [...body.rows], heads });
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        sort(table, column, head.getAttribute("aria-sort") === "ascending");
        view.save(true);
      });
    });
  }
  view.parts.set("sort", {
    get: () => [...tables].flatMap(([table, { heads }]) => {
      const column = heads.findIndex((head) => head.hasAttribute("aria-sort"));
      return column < 0 ? [] : [`${table.dataset.name}:${column}${heads[column].getAttribute("aria-sort")[0]}`];
    }).join(","),
    set: (text) => {
      const wanted = new Map(text.split(",").map((one) => [one.slice(0, one.lastIndexOf(":")), one.slice(one.lastIndexOf(":") + 1)]));
      for (const [table, { heads }] of tables) {
        const [, column, way] = /^(\d+)([ad])$/.exec(wanted.get(table.dataset.name) || "") || [];
        if (heads[column]) sort(table, Number(column), way === "d");
        else if (heads.some((head) => head.hasAttribute("aria-sort"))) sort(table, null, false);
      }
    },
  });
}

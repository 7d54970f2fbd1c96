"use strict";
for (const table of document.querySelectorAll("table")) {
  const body = table.tBodies[0];
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
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].map((row) => [value(row, column), row]);
      const known = ([key]) => typeof key === "number" || (key !== "—" && key !== "\uffff");
      const sorted = rows.filter(known).sort((a, b) => (down ? -1 : 1) * compare(a[0], b[0]));
      body.append(...[...sorted, ...rows.filter((row) => !known(row))].map(([, row]) => row));
    });
  });
}

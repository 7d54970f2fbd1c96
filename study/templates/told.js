// What stands behind a number: shown while the pointer is on it, or the focus on the link of its row.
{
  const panel = document.createElement("aside");
  panel.className = "told";
  panel.id = "told";
  panel.hidden = true;
  panel.setAttribute("role", "status");
  panel.setAttribute("aria-label", "Where this number comes from");
  document.body.append(panel);
  const headings = (table) => [...table.tHead.rows[0].cells].map((head) => head.textContent.trim());
  const parts = (row, cell) => {
    const table = row.closest("table");
    const heads = headings(table);
    const sources = JSON.parse(table.dataset.from)[row.dataset.s];
    const blocks = row.dataset.n.split(" ");
    const numbers = [...row.cells].map((one, at) => ({ one, at })).filter(({ one, at }) => sources[at] && one.dataset.rank && (!cell || one === cell));
    return numbers.map(({ one, at }) => ({
      heading: heads[at], value: one.textContent.trim(), source: sources[at], blocks: blocks[at] || blocks[0],
    }));
  };
  const line = (tag, text, into) => into.appendChild(Object.assign(document.createElement(tag), { textContent: text }));
  const tell = (row, cell) => {
    const found = parts(row, cell);
    if (!found.length) return;
    panel.replaceChildren();
    line("strong", row.cells[0].firstChild.textContent.trim(), panel);
    const list = line("ul", "", panel);
    for (const { heading, value, source, blocks } of found) {
      const item = line("li", `${heading}: ${value}, n = ${blocks} blocks, measured by `, list);
      line("code", source, item);
    }
    line("span", "Parameters and key in the journal: ", panel);
    line("code", row.dataset.key || row.id, panel);
    panel.hidden = false;
  };
  const rowOf = (target) => target.closest?.("tr[data-s]");
  const hide = () => { panel.hidden = true; };
  document.addEventListener("mouseover", ({ target }) => {
    const cell = target.closest?.("td.number");
    const drawn = target.closest?.("svg [data-k]") && drawing.rowOf(target);
    if (drawn) tell(drawn);
    else if (cell && rowOf(cell)) tell(rowOf(cell), cell);
    else if (!target.closest?.(".told")) hide();
  });
  document.addEventListener("focusin", ({ target }) => (target.matches(".key") && rowOf(target) ? tell(rowOf(target)) : hide()));
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
}

// Each table as a file, made from what is seen of it: in place of "12.3 (11.9–12.8)" three columns.
{
  const quoted = (text) => {
    const safe = /^\s*[=+\-@\t\r]/.test(text) && !/^-?[\d.]+$/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const number = /^(?:≈ )?(-?[\d,.]+(?:e[-+]?\d+)?)(?: \((-?[\d,.]+(?:e[-+]?\d+)?)–(-?[\d,.]+(?:e[-+]?\d+)?)\))?$/;
  const plain = (text) => (text || "").replaceAll(",", "");
  const lines = (table) => {
    const heads = [...table.tHead.rows[0].cells].map((head) => head.textContent.trim());
    const rows = [...table.tBodies[0].rows].filter((row) => !row.hidden);
    const wide = heads.map((_, at) => rows.some((row) => /\(.*–.*\)/.test(row.cells[at]?.textContent || "") && row.cells[at].dataset.rank));
    const head = heads.flatMap((name, at) => (wide[at] ? [name, `${name}, low`, `${name}, high`] : [name]));
    const body = rows.map((row) => {
      const out = [row.dataset.key || row.id];
      [...row.cells].forEach((cell, at) => {
        const text = (at ? cell.textContent : cell.firstChild.textContent).trim();
        const found = cell.dataset.rank && number.exec(text);
        if (wide[at]) out.push(...(found ? found.slice(1, 4).map(plain) : [text === "—" ? "" : text, "", ""]));
        else out.push(found ? plain(found[1]) : text);
      });
      return out;
    });
    return [["cell", ...head], ...body].map((line) => line.map(quoted).join(",")).join("\r\n");
  };
  for (const table of document.querySelectorAll("main table")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "csv";
    button.textContent = "CSV of these rows";
    table.closest(".scroll").after(button);
    button.addEventListener("click", () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([`${lines(table)}\r\n`], { type: "text/csv" }));
      link.download = `${table.dataset.name}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    });
  }
}

// Rows are shown when the chips let them be and when they hold every word that was typed. A table without any says so.
{
  const field = document.getElementById("filter");
  const status = document.getElementById("shown");
  const reset = document.getElementById("reset");
  const tables = [...document.querySelectorAll("main table")].map((table) => {
    const none = document.createElement("p");
    none.className = "none";
    none.textContent = "No row of this table is among what you chose to see.";
    none.hidden = true;
    table.closest(".scroll").after(none);
    const rows = [...table.tBodies[0].rows].map((row) => ({ row, text: `${row.id} ${row.textContent}`.toLowerCase() }));
    return { region: table.closest(".scroll"), none, rows };
  });
  const all = tables.reduce((sum, { rows }) => sum + rows.length, 0);
  view.show = () => {
    view.choose();
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { region, none, rows } of tables) {
      let own = 0;
      for (const { row, text } of rows) {
        row.hidden = view.chosen.get(row) === false || !words.every((word) => text.includes(word));
        own += !row.hidden;
      }
      region.hidden = !own && rows.length > 0;
      none.hidden = !region.hidden;
      if (!region.closest("[hidden]")) shown += own;
    }
    const chosen = view.chips.filter((chip) => chip.button.ariaPressed === "true");
    reset.hidden = !chosen.length && !words.length;
    const [first, ...rest] = chosen.map((chip) => chip.button.textContent);
    const names = first ? `: ${first}${rest.length ? ` and ${rest.length} more` : ""}` : "";
    status.textContent = reset.hidden ? "" : `${shown.toLocaleString("en")} of ${all.toLocaleString("en")} rows${names}`;
  };
  field.addEventListener("input", () => {
    view.show();
    view.save(false);
  });
  reset.addEventListener("click", () => {
    field.value = "";
    for (const { button } of view.chips) button.ariaPressed = "false";
    view.show();
    view.save(true);
    field.focus();
  });
  view.parts.set("q", { get: () => field.value.trim(), set: (text) => { field.value = text; } });
}

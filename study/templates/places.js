// Where do the marks of a drawn chart stand, and which value does a place stand for? Read from the drawing itself.
const drawing = {};
drawing.corners = (path) => { // [letter, x, y] of each corner, in absolute places
  let [x, y] = [0, 0];
  return path.match(/[Mlhvz][^Mlhvz]*/g).flatMap((command) => {
    const letter = command[0];
    const given = (command.match(/-?(?:\d+\.?\d*|\.\d+)/g) || []).map(Number);
    const found = [];
    for (let at = 0; at < given.length; at += letter === "h" || letter === "v" ? 1 : 2) {
      if (letter === "M" && at === 0) [x, y] = given;
      else if (letter === "h") x += given[at];
      else if (letter === "v") y += given[at];
      else [x, y] = [x + given[at], y + given[at + 1]];
      found.push([letter === "M" && at === 0 ? "M" : "L", x, y]);
    }
    return found;
  });
};
drawing.panels = (svg) => svg.dataset.axes.split(";").map((text) => {
  const [way, ...rest] = text.split(" ");
  const [left, top, right, bottom, low, high] = rest.map(Number);
  const [from, to] = way === "x" ? [left, right] : [bottom, top];
  const value = (x, y) => low * (high / low) ** (((way === "x" ? x : y) - from) / (to - from));
  return { way, left, top, right, bottom, from, to, value };
});
drawing.within = (panel, [, x, y]) => panel.left - 3 <= x && x <= panel.right + 3 && panel.top - 3 <= y && y <= panel.bottom + 3;
drawing.rowOf = (mark) => { // of the table beneath the chart: the row of the cell that a mark is of
  const named = mark.closest("[data-k]");
  const keys = named?.dataset.k.split(" ");
  const key = named === mark ? keys[0] : keys?.[[...named.children].indexOf(mark)];
  return key && mark.closest("section").querySelector(`tr[data-k="${key}"]`);
};
drawing.marks = (svg) => { // everything that stands at a value: a backend's marks, and rules
  const panels = drawing.panels(svg);
  const named = [...svg.querySelectorAll("[data-b], .r")].flatMap((one) => (one.tagName === "g" ? [...one.children] : [one]));
  return named.filter((one) => one.tagName !== "text").flatMap((shape) => {
    const [x, y, d] = ["x", "y", "d"].map((name) => shape.getAttribute(name));
    const places = shape.tagName === "use" ? [["", Number(x), Number(y)]] : drawing.corners(d);
    const panel = panels.find((each) => drawing.within(each, places[0]));
    return panel ? [{ shape, places, panel, was: { x, y, d }, isRule: shape.closest(".r") !== null }] : [];
  });
};

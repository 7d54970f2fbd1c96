// A chart whose values stand on a logarithmic axis can be seen linear, and one of messages in megabytes: its marks are moved.
{
  const RATE = "messages per second";
  const FORMS = { linear: "linear scale", mega: "MB per second" };
  const GREY = { fill: "none", stroke: "#8a8a8a", "stroke-width": 0.6, "stroke-opacity": 0.3 };
  const told = (value) => {
    const [size, letter] = [[1e9, "G"], [1e6, "M"], [1e3, "k"]].find(([each]) => value >= each) || [1, ""];
    return `${Number((value / size).toPrecision(3))}${letter}`;
  };
  const steps = ([low, high], linear) => {
    if (linear) {
      const unit = 10 ** Math.floor(Math.log10(high / 4));
      const step = [1, 2, 5, 10].find((each) => each * unit >= high / 4) * unit;
      return Array.from({ length: Math.floor(high / step) + 1 }, (_, at) => at * step);
    }
    const first = Math.ceil(Math.log10(low));
    const powers = Array.from({ length: Math.max(0, Math.floor(Math.log10(high)) - first + 1) }, (_, at) => first + at);
    return powers.filter((_, at) => at % Math.ceil(powers.length / 7) === 0).map((power) => 10 ** power);
  };
  const payloads = (marks) => { // of a place in a panel: what the table says of the mark that stands there
    const known = marks.filter(({ shape }) => shape.tagName === "use").flatMap(({ shape, places, panel }) => {
      const row = drawing.rowOf(shape);
      const heads = row ? [...row.closest("table").tHead.rows[0].cells].map((head) => head.textContent) : [];
      const size = Number(row?.cells[heads.findIndex((head) => head.startsWith("payload"))]?.dataset.rank);
      return size ? [{ panel, x: places[0][1], size }] : [];
    });
    return (panel, x) => known.filter((each) => each.panel === panel)
      .reduce((best, each) => (Math.abs(each.x - x) < Math.abs(best.x - x) ? each : best)).size;
  };
  const make = (tag, attributes, into) => {
    const made = document.createElementNS(into.namespaceURI, tag);
    for (const [name, text] of Object.entries(attributes)) made.setAttribute(name, text);
    return into.appendChild(made);
  };
  const axes = (svg, panels, limits, linear, place) => {
    const group = make("g", { class: "made", "font-size": 8 }, svg);
    for (const panel of panels) {
      for (const value of steps(limits, linear)) {
        const at = place(panel, value).toFixed(1);
        const isAcross = panel.way === "x";
        make("path", { ...GREY, d: isAcross ? `M${at} ${panel.top}V${panel.bottom}` : `M${panel.left} ${at}H${panel.right}` }, group);
        const where = isAcross ? { x: at, y: panel.bottom + 14, "text-anchor": "middle" }
          : { x: panel.left - 7, y: Number(at) + 3, "text-anchor": "end" };
        make("text", where, group).textContent = told(value);
      }
    }
  };
  const redraw = (svg, marks, linear, mega) => {
    const size = mega ? payloads(marks) : () => 1e6;
    const valueAt = (panel, x, y) => panel.value(x, y) * (size(panel, x) / 1e6);
    const values = marks.filter((mark) => !mark.isRule).flatMap(({ panel, places }) => places.map(([, x, y]) => valueAt(panel, x, y)));
    const limits = linear ? [0, Math.max(...values) * 1.05] : [Math.min(...values) / 2.5, Math.max(...values) * 2.5];
    const part = (value) => (linear ? value / limits[1] : Math.log(value / limits[0]) / Math.log(limits[1] / limits[0]));
    const place = (panel, value) => panel.from + (panel.to - panel.from) * part(value);
    for (const { shape, places, panel } of marks) {
      const moved = places.map(([letter, x, y]) => {
        const at = place(panel, valueAt(panel, x, y)).toFixed(1);
        return panel.way === "x" ? [letter, at, y] : [letter, x, at];
      });
      if (shape.tagName === "use") ["x", "y"].forEach((name, at) => shape.setAttribute(name, moved[0][at + 1]));
      else shape.setAttribute("d", moved.map(([letter, x, y]) => `${letter}${x} ${y}`).join(""));
    }
    axes(svg, drawing.panels(svg), limits, linear, place);
  };
  const originals = new Map();
  const draw = ({ figure, pressed }) => {
    for (const svg of figure.querySelectorAll("svg[data-axes]")) {
      if (!originals.has(svg)) originals.set(svg, { marks: drawing.marks(svg), labels: [...svg.querySelectorAll("text")].filter((one) => one.textContent === RATE) });
      const { marks, labels } = originals.get(svg);
      for (const { shape, was } of marks) for (const name in was) if (was[name] !== null) shape.setAttribute(name, was[name]);
      svg.querySelector(".made")?.remove();
      svg.querySelectorAll(".t").forEach((tick) => tick.toggleAttribute("hidden", pressed.size > 0));
      for (const label of labels) label.textContent = pressed.has("mega") ? FORMS.mega : RATE;
      if (pressed.size) redraw(svg, marks, pressed.has("linear"), pressed.has("mega"));
    }
  };
  const charts = [...document.querySelectorAll("figure")].filter((figure) => figure.querySelector("svg[data-axes]")).map((figure) => {
    const isRate = [...figure.querySelectorAll("svg text")].some((one) => one.textContent === RATE);
    const chart = { figure, pressed: new Set(), buttons: new Map() };
    for (const name of isRate ? ["linear", "mega"] : ["linear"]) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "form", textContent: FORMS[name], ariaPressed: "false" });
      figure.querySelector("figcaption").before(button, " ");
      chart.buttons.set(name, button);
      button.addEventListener("click", () => {
        if (!chart.pressed.delete(name)) chart.pressed.add(name);
        show(chart);
        view.save(true);
      });
    }
    return chart;
  });
  const show = (chart) => {
    for (const [name, button] of chart.buttons) button.ariaPressed = String(chart.pressed.has(name));
    draw(chart);
  };
  view.parts.set("form", {
    get: () => view.join(charts.flatMap(({ figure, pressed }) => [...pressed].map((name) => `${figure.id}:${name}`))),
    set: (text) => {
      const wanted = new Set(view.parse(text));
      for (const chart of charts) {
        const names = [...chart.buttons.keys()].filter((name) => wanted.has(`${chart.figure.id}:${name}`));
        if (names.length || chart.pressed.size) {
          chart.pressed = new Set(names);
          show(chart);
        }
      }
    },
  });
}

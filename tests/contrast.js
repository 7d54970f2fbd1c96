() => {
  const parsed = (colour) => {
    const parts = colour.match(/[\d.]+/g).map(Number);
    return [...parts.slice(0, 3), parts.length > 3 ? parts[3] : 1];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat([1]);
  const luminance = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const canvas = parsed(getComputedStyle(document.body).backgroundColor);
  const groundOf = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(parsed(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((under, layer) => over(layer, under), canvas);
  };
  const opacityWithin = (element, end) => {
    let opacity = 1;
    for (let at = element; at && at !== end; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
    return opacity;
  };
  const shapesBehind = (text, svg, under) => {
    const box = text.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    for (const shape of svg.querySelectorAll("path, rect, use")) {
      if (!(shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING)) break;
      const style = getComputedStyle(shape);
      if (style.fill === "none" || style.fill.startsWith("url") || shape.closest("defs, clipPath")) continue;
      const place = shape.getBoundingClientRect();
      const inside = place.x <= x && x <= place.right && place.y <= y && y <= place.bottom;
      if (!inside || place.width < box.width / 2) continue;
      const fill = parsed(style.fill);
      fill[3] *= Number(style.fillOpacity) * opacityWithin(shape, svg);
      under = over(fill, under);
    }
    return under;
  };
  const found = new Map();
  let seen = 0;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || element.closest("script, style, title")) continue;
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    seen += 1;
    const svg = element.closest("svg");
    const style = getComputedStyle(element);
    const ink = parsed(svg ? style.fill : style.color);
    ink[3] *= opacityWithin(element, null);
    const ground = svg ? shapesBehind(element, svg, groundOf(svg.parentElement)) : groundOf(element);
    const contrast = ratio(over(ink, ground), ground);
    if (contrast < 4.5) {
      const place = `${element.tagName}.${element.getAttribute("class") || ""} ${ink} on ${ground.map(Math.round)}`;
      found.set(place, `${contrast.toFixed(2)} ${place}: ${texts.currentNode.data.trim().slice(0, 40)}`);
    }
  }
  return [seen, [...found.values()]];
}

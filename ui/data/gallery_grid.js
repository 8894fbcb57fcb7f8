// A grid of pictures. Each is a button, so that a keyboard reaches it; findings are drawn as
// vectors over the picture and stay sharp at any size.

const SVG = "http://www.w3.org/2000/svg";

export default function ({ parentElement, data, setTriggerValue }) {
  const grid = parentElement.querySelector(".grid");
  grid.style.setProperty("--side", `${data.side}rem`);
  grid.replaceChildren(...data.items.map((item) => cell(item, setTriggerValue)));
  grid.dataset.state = "ready";
}

function cell(item, press) {
  const place = element("div", "cell");
  place.setAttribute("role", "listitem");
  const button = element("button", "tile");
  button.type = "button";
  button.title = item.name;
  // Begins with what is seen on it, so that a person who speaks to the computer can say it.
  button.setAttribute("aria-label", `${item.kind} ${item.facts}, ${item.name}. Open`);
  button.onclick = () => press("pressed", item.row);
  button.append(picture(item), words(item));
  place.append(button);
  return place;
}

function picture(item) {
  const frame = element("span", "frame");
  const image = element("img");
  image.src = item.source;
  image.alt = "";
  frame.style.aspectRatio = `${item.box[0]} / ${item.box[1]}`;
  frame.append(image);
  if (item.rings.length) frame.append(outlines(item));
  return frame;
}

// Coordinates are those of pixel centres, so the picture begins half a pixel before zero.
function outlines({ box, rings }) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", `-0.5 -0.5 ${box[0]} ${box[1]}`);
  for (const name of ["under", "over"]) {
    for (const ring of rings) {
      const line = document.createElementNS(SVG, "polygon");
      line.setAttribute("points", ring.map((point) => point.join(",")).join(" "));
      line.setAttribute("class", name);
      drawing.append(line);
    }
  }
  return drawing;
}

function words(item) {
  const caption = element("span", "words");
  const kind = element("span", "kind");
  const dot = element("span", "dot");
  dot.style.background = item.colour;
  kind.append(dot, item.kind);
  const facts = element("span", "facts");
  facts.textContent = item.facts;
  caption.append(kind, " ", facts);
  return caption;
}

function element(tag, name) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  return made;
}

// Draws a mammogram, its heatmap and the true outlines on black, with zoom and pan.
//
// The same module serves two mounts, which share the maps below: the picture, sent once,
// and the look (opacity, palette ...), sent at every move of a slider. So a slider never
// sends the picture again.

const viewers = new Map();
const looks = new Map();
const DEFAULT_LOOK = { opacity: 0.5, threshold: 0.15, lut: null, sideBySide: false, outline: false, boxes: [], window: [0, 1] };
const MOST_ZOOM = 16;

export default function ({ parentElement, data }) {
  if (data.role === "look") {
    looks.set(data.id, data);
    viewers.get(data.id)?.draw();
    return undefined;
  }
  const root = parentElement.querySelector(".viewer");
  root.viewer ??= new Viewer(root);
  root.viewer.show(data);
  return () => root.viewer?.close();
}

class Viewer {
  constructor(root) {
    this.root = root;
    this.stage = root.querySelector(".stage");
    this.panes = [...root.querySelectorAll("canvas")];
    this.readout = root.querySelector(".readout");
    this.fit();
    this.pointers = new Map();
    this.resizing = new ResizeObserver(() => this.draw());
    this.resizing.observe(this.stage);
    this.listen();
  }

  async show(data) {
    if (this.data === data) return;
    const before = this.data;
    this.data = data;
    viewers.set(data.id, this);
    if (before?.image !== data.image) {
      this.root.dataset.state = "loading";
      this.fit();
    }
    const [image, heat] = await Promise.all([picture(data.image), picture(data.heat)]);
    if (this.data !== data) return;
    this.image = image;
    this.heat = heat && levels(heat);
    this.tint = null;
    this.stage.setAttribute("aria-label", data.label);
    this.draw();
    this.root.dataset.state = "ready";
  }

  close() {
    this.resizing.disconnect();
    if (viewers.get(this.data?.id) === this) viewers.delete(this.data.id);
  }

  get look() {
    return looks.get(this.data?.id) ?? DEFAULT_LOOK;
  }

  fit() {
    this.zoom = 1;
    this.centre = [0.5, 0.5];
  }

  draw() {
    if (!this.image) return;
    const look = this.look;
    const both = Boolean(look.sideBySide && this.heat);
    this.root.classList.toggle("both", both);
    this.panes[1].hidden = !both;
    this.paint(this.panes[0], both ? false : Boolean(this.heat));
    if (both) this.paint(this.panes[1], true);
    this.root.dataset.heat = this.heat && look.opacity > 0 ? "on" : "off";
    this.readout.textContent = `${Math.round(this.zoom * 100)}%`;
    this.stage.style.touchAction = this.zoom > 1 ? "none" : "pan-y";
    this.stage.classList.toggle("zoomed", this.zoom > 1);
  }

  paint(canvas, withHeat) {
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth, clientHeight } = canvas;
    if (!clientWidth) return;
    canvas.width = Math.round(clientWidth * ratio);
    canvas.height = Math.round(clientHeight * ratio);
    const { width, height } = this.image;
    const scale = this.scale(canvas) * ratio;
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.setTransform(
      scale, 0, 0, scale,
      canvas.width / 2 - this.centre[0] * width * scale,
      canvas.height / 2 - this.centre[1] * height * scale,
    );
    context.filter = filterOf(this.look.window);
    context.drawImage(this.image, 0, 0);
    context.filter = "none";
    if (withHeat) {
      context.globalAlpha = this.look.opacity;
      context.drawImage(this.tinted(), 0, 0, width, height);
      context.globalAlpha = 1;
    }
    if (this.look.outline) this.trace(context, scale, ratio);
    if (this.heat) this.frame(context, scale, ratio);
  }

  // Colour fades in above the threshold, as in core/services/overlay.py.
  tinted() {
    const { threshold, lut } = this.look;
    const name = `${threshold} ${lut}`;
    if (this.tint?.name === name) return this.tint.canvas;
    const { values, width, height } = this.heat;
    const colours = lut ? Uint8Array.from(atob(lut), (c) => c.charCodeAt(0)) : new Uint8Array(768);
    const pixels = new ImageData(width, height);
    const shades = Array.from({ length: 256 }, (_, level) =>
      Math.round(255 * Math.sqrt(Math.max(0, (level / 255 - threshold) / Math.max(1e-6, 1 - threshold)))),
    );
    for (let i = 0; i < values.length; i += 1) {
      const level = values[i];
      pixels.data.set([colours[3 * level], colours[3 * level + 1], colours[3 * level + 2], shades[level]], 4 * i);
    }
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext("2d").putImageData(pixels, 0, 0);
    this.tint = { name, canvas };
    return canvas;
  }

  trace(context, scale, ratio) {
    const shrink = this.image.width / this.data.width;
    for (const [colour, width] of [["#000", 3], ["#fff", 1.4]]) {
      context.strokeStyle = colour;
      context.lineWidth = (width * ratio) / scale;
      for (const outline of this.data.outlines) {
        context.beginPath();
        outline.forEach(([x, y]) => context.lineTo((x + 0.5) * shrink, (y + 0.5) * shrink));
        context.closePath();
        context.stroke();
      }
    }
  }

  // The hottest regions, each with its size; the letters keep their size at any zoom.
  frame(context, scale, ratio) {
    const shrink = this.image.width / this.data.width;
    const letters = (13 * ratio) / scale;
    context.font = `600 ${letters}px sans-serif`;
    for (const { left, top, width, height, label } of this.look.boxes ?? []) {
      const [x, y, w, h] = [left, top, width, height].map((value) => value * shrink);
      for (const [colour, line] of [["#000", 3.4], ["#fff", 1.6]]) {
        context.strokeStyle = colour;
        context.lineWidth = (line * ratio) / scale;
        context.strokeRect(x, y, w, h);
      }
      const room = context.measureText(label).width;
      const foot = y > 1.6 * letters ? y - 0.4 * letters : y + h + 1.2 * letters;
      const start = Math.max(0, Math.min(x, this.image.width - room));
      context.strokeStyle = "#000";
      context.lineWidth = (4 * ratio) / scale;
      context.lineJoin = "round";
      context.strokeText(label, start, foot);
      context.fillStyle = "#fff";
      context.fillText(label, start, foot);
    }
  }

  scale(canvas) {
    const { width, height } = this.image;
    return Math.min(canvas.clientWidth / width, canvas.clientHeight / height) * this.zoom;
  }

  // `at` is a point of the canvas that stays where it is while the rest grows around it.
  zoomBy(factor, canvas = this.panes[0], at = null) {
    if (!this.image) return;
    const zoom = Math.min(MOST_ZOOM, Math.max(1, this.zoom * factor));
    const [x, y] = at ?? [canvas.clientWidth / 2, canvas.clientHeight / 2];
    const before = this.scale(canvas);
    this.zoom = zoom;
    const after = this.scale(canvas);
    const change = 1 / before - 1 / after;
    this.moveBy((x - canvas.clientWidth / 2) * change, (y - canvas.clientHeight / 2) * change);
  }

  moveBy(x, y) {
    const { width, height } = this.image;
    const canvas = this.panes[0];
    const scale = this.scale(canvas);
    const bounded = (value, size, room) => {
      const half = Math.min(0.5, room / scale / size / 2);
      return Math.min(1 - half, Math.max(half, value));
    };
    this.centre = [
      bounded(this.centre[0] + x / width, width, canvas.clientWidth),
      bounded(this.centre[1] + y / height, height, canvas.clientHeight),
    ];
    this.draw();
  }

  reset() {
    this.fit();
    this.draw();
  }

  listen() {
    const act = {
      "zoom-in": () => this.zoomBy(1.5),
      "zoom-out": () => this.zoomBy(1 / 1.5),
      whole: () => this.reset(),
      fill: () => (document.fullscreenElement ? document.exitFullscreen() : this.root.requestFullscreen()),
    };
    for (const [name, action] of Object.entries(act)) {
      this.root.querySelector(`[data-act="${name}"]`).onclick = action;
    }
    this.stage.addEventListener("keydown", (event) => this.onKey(event));
    for (const canvas of this.panes) {
      canvas.addEventListener("wheel", (event) => this.onWheel(event, canvas), { passive: false });
      canvas.addEventListener("dblclick", (event) => this.zoomBy(2, canvas, [event.offsetX, event.offsetY]));
      canvas.addEventListener("pointerdown", (event) => this.onDown(event, canvas));
      canvas.addEventListener("pointermove", (event) => this.onMove(event, canvas));
      for (const end of ["pointerup", "pointercancel"]) {
        canvas.addEventListener(end, (event) => this.pointers.delete(event.pointerId));
      }
    }
  }

  onKey(event) {
    if (!this.image || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = 60 / this.scale(this.panes[0]);
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (moves[event.key] && this.zoom > 1) this.moveBy(...moves[event.key]);
    else if (event.key === "+" || event.key === "=") this.zoomBy(1.5);
    else if (event.key === "-") this.zoomBy(1 / 1.5);
    else if (event.key === "0") this.reset();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // The wheel scrolls the page until the picture is taken hold of.
  onWheel(event, canvas) {
    const held = event.ctrlKey || this.stage === this.stage.getRootNode().activeElement;
    if (!held) return;
    event.preventDefault();
    this.zoomBy(Math.exp(-event.deltaY / 400), canvas, [event.offsetX, event.offsetY]);
  }

  onDown(event, canvas) {
    this.pointers.set(event.pointerId, [event.clientX, event.clientY]);
    if (this.zoom > 1 || this.pointers.size > 1) canvas.setPointerCapture(event.pointerId);
  }

  onMove(event, canvas) {
    const last = this.pointers.get(event.pointerId);
    if (!last || !this.image) return;
    const now = [event.clientX, event.clientY];
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, now);
    if (other) {
      const box = canvas.getBoundingClientRect();
      const middle = [(now[0] + other[0]) / 2 - box.left, (now[1] + other[1]) / 2 - box.top];
      this.zoomBy(apart(now, other) / Math.max(1, apart(last, other)), canvas, middle);
    } else if (this.zoom > 1) {
      const scale = this.scale(canvas);
      this.moveBy((last[0] - now[0]) / scale, (last[1] - now[1]) / scale);
    }
  }
}

// From `low` black to `high` white, in the two steps that a canvas knows.
function filterOf([low, high] = [0, 1]) {
  if (low <= 0 && high >= 1) return "none";
  const span = Math.max(0.02, high - low);
  return `brightness(${1 / (low + low + span)}) contrast(${(low + low + span) / span})`;
}

const apart = (one, two) => Math.hypot(one[0] - two[0], one[1] - two[1]);

async function picture(source) {
  if (!source) return null;
  const image = new Image();
  image.src = source;
  await image.decode();
  return image;
}

// A grey picture as its plain values, one byte each.
function levels(image) {
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  return { values: data.filter((_, i) => i % 4 === 0), width: image.width, height: image.height };
}

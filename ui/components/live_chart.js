// Draws a plotly figure once and from then on only changes it.

const SAVED = { width: 1000, scale: 3 };
// A picture is for paper, whatever the screen looks like.
const PAPER = { text: "#17212b", ground: "#ffffff", line: "#d3dae0", font: "sans-serif" };
const ICONS = {
  png: "M0 64h448v384H0zm48 48v256l112-128 80 80 64-64 96 112V112z",
  svg: "M64 32h64v64H96v192h32v64H64zm320 0h-64v64h32v192h-32v64h64zM160 160h128v64H160z",
};
let library;

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".live-chart");
  root.chart ??= new Chart(root);
  root.chart.show(data);
  // Called before every change of data too, when the chart must live on.
  return () => setTimeout(() => root.isConnected || root.chart.close(), 1000);
}

class Chart {
  constructor(root) {
    this.root = root;
    this.place = root.querySelector(".drawing");
    this.resizing = new ResizeObserver(() => this.fit());
    this.resizing.observe(root);
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.repaint = () => setTimeout(() => this.draw(true), 300);
    this.scheme.addEventListener("change", this.repaint);
    // An update in the middle of a drag would end it.
    this.press = () => (this.held = true);
    this.release = () => setTimeout(() => { this.held = false; this.draw(); });
    root.addEventListener("pointerdown", this.press);
    window.addEventListener("pointerup", this.release);
  }

  async show(data) {
    this.data = data;
    this.place.style.height = `${data.height}px`;
    this.root.setAttribute("role", "figure");
    this.root.setAttribute("aria-label", data.alt);
    try {
      this.plotly = await load(data.library);
    } catch {
      this.say("The chart could not be drawn: its library did not load. Reload the page.");
      return;
    }
    this.draw();
  }

  draw(anew = false) {
    const { plotly, data } = this;
    if (!plotly || this.held || this.closed || !this.root.isConnected) return;
    const colours = theme(this.root);
    const look = JSON.stringify(colours) + data.height;
    if (!anew && this.drawn === data.figure && this.look === look) return;
    this.drawn = data.figure;
    this.look = look;
    const figure = JSON.parse(data.figure);
    const layout = { ...figure.layout, autosize: true, height: data.height };
    layout.template = painted(layout.template ?? {}, colours);
    const under = this.pointer();
    plotly.react(this.place, figure.data, layout, this.menu()).then(() => {
      this.listen();
      if (under) this.point(under);
      this.root.dataset.state = "ready";
    });
  }

  // Once drawn, the library's own events tell where the pointer is.
  listen() {
    if (this.listening) return;
    this.listening = true;
    this.place.on("plotly_hover", (found) => (this.last = found.event));
    this.place.on("plotly_unhover", () => (this.last = undefined));
  }

  pointer() {
    return this.last && this.place.matches(":hover") ? this.last : undefined;
  }

  // The numbers under the pointer stay on the screen when new ones come.
  point(event) {
    try {
      this.plotly.Fx.hover(this.place, event, "xy");
    } catch {
      this.last = undefined;
    }
  }

  fit() {
    if (!this.plotly || !this.listening || this.closed) return;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      if (this.root.clientWidth > 0) this.plotly.Plots.resize(this.place);
    });
  }

  // Made once: another menu object would make the library draw everything anew.
  menu() {
    if (this.config) return this.config;
    const save = (format, title) => ({
      name: `save-${format}`,
      title,
      icon: { width: 448, height: 512, path: ICONS[format] },
      click: () => this.save(format),
    });
    this.config = {
      displaylogo: false,
      scrollZoom: false,
      // Nothing of a run leaves for anybody else's server.
      showSendToCloud: false,
      showEditInChartStudio: false,
      modeBarButtonsToRemove: ["toImage", "select2d", "lasso2d", "autoScale2d", "sendChartToCloud", "sendDataToCloud"],
      modeBarButtonsToAdd: [save("png", "Save as PNG"), save("svg", "Save as SVG")],
    };
    return this.config;
  }

  save(format) {
    const { width, scale } = SAVED;
    const { data, layout } = this.place;
    const title = { text: this.data.alt, font: { size: 15 }, x: 0.01, xanchor: "left" };
    const paper = { template: painted(layout.template, PAPER), margin: { t: 48 }, title };
    this.plotly.downloadImage({ data, layout: { ...layout, ...paper } }, {
      format,
      filename: this.data.file,
      width,
      height: Math.max(500, this.data.height),
      scale: format === "png" ? scale : 1,
    });
  }

  say(text) {
    const line = document.createElement("p");
    line.className = "fault";
    line.textContent = text;
    this.place.replaceChildren(line);
  }

  close() {
    this.closed = true;
    this.resizing.disconnect();
    this.scheme.removeEventListener("change", this.repaint);
    window.removeEventListener("pointerup", this.release);
    if (this.plotly) this.plotly.purge(this.place);
  }
}

function load(address) {
  library ??= new Promise((done, failed) => {
    if (window.Plotly) return done(window.Plotly);
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => (window.Plotly ? done(window.Plotly) : failed());
    script.onerror = () => {
      library = undefined;
      script.remove();
      failed();
    };
    document.head.append(script);
  });
  return library;
}

// The page's own colours, which the server does not know.
function theme(root) {
  const style = getComputedStyle(root);
  const found = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  return {
    text: found("--st-text-color", style.color),
    ground: found("--st-background-color", "#ffffff"),
    line: found("--st-border-color", "#d3dae0"),
    font: found("--st-font", style.fontFamily),
  };
}

function painted(template, { text, ground, line, font }) {
  const axis = { gridcolor: line, linecolor: line, tickcolor: line, zerolinecolor: line };
  const layout = template.layout ?? {};
  return {
    ...template,
    layout: {
      ...layout,
      font: { ...layout.font, color: text, family: font },
      paper_bgcolor: ground,
      plot_bgcolor: ground,
      xaxis: { ...layout.xaxis, ...axis, showgrid: false },
      yaxis: { ...layout.yaxis, ...axis },
      hoverlabel: { ...layout.hoverlabel, bgcolor: ground, bordercolor: line, font: { size: 13, color: text } },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: text, activecolor: text },
    },
  };
}

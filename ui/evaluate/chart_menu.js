// Charts come and go while a page is used; each menu gets its second button when it appears.

const CAMERA = '.modebar-btn[data-title^="Download plot"]:not(.as-svg):not([data-title*="JSON"])';

export default function () {
  const add = () => document.querySelectorAll(CAMERA).forEach(completed);
  const watch = new MutationObserver(add);
  watch.observe(document.body, { childList: true, subtree: true });
  add();
  return () => watch.disconnect();
}

function completed(camera) {
  if (camera.nextElementSibling?.classList.contains("as-svg")) return;
  camera.setAttribute("data-title", "Download plot as a PNG");
  const button = camera.cloneNode(false);
  button.classList.add("as-svg");
  button.setAttribute("data-title", "Download plot as an SVG");
  button.setAttribute("aria-label", "Download plot as an SVG");
  button.textContent = "SVG";
  button.addEventListener("click", () => save(camera, "svg"));
  camera.after(button);
}

// The camera reads the format when it is pressed.
function save(camera, format) {
  const options = camera.closest(".js-plotly-plot")?._context?.toImageButtonOptions;
  if (!options) return;
  const usual = options.format;
  options.format = format;
  camera.click();
  options.format = usual;
}

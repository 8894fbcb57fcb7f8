// The control "Many files": choose or drop files and folders, see how far each is, stop, try again.

const SHOWN = 60;
const RANK = { failed: 0, sending: 1, waiting: 2, done: 3 };

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".many-files");
  root.panel ??= new Panel(root);
  root.panel.attach(data, setTriggerValue);
  // Called before every change of data too, when the panel must live on.
  return () => setTimeout(() => root.isConnected || root.panel.leave(), 1000);
}

class Panel {
  constructor(root) {
    this.root = root;
    this.rows = new Map();
    // Sending goes on while another page is looked at, and is found again afterwards.
    this.sender = window.mammolensSender ??= new Sender();
    this.watch = () => (this.frame ??= requestAnimationFrame(() => this.draw()));
    this.choosing();
    this.dropping();
    this.act("stop", () => this.sender.stop());
    this.act("again", () => this.sender.again());
    this.act("clear", () => {
      this.sender.clear();
      this.report("removed", 1);
    });
  }

  attach(data, report) {
    this.data = data;
    this.report = report;
    this.sender.watchers.add(this.watch);
    this.sender.serve(data);
    this.find(".limits").textContent = limits(data.limits);
    this.watch();
  }

  leave() {
    this.sender.watchers.delete(this.watch);
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  act(name, what) {
    this.find(`[data-act="${name}"]`).onclick = what;
  }

  choosing() {
    for (const name of ["files", "folder"]) {
      const input = this.find(`input.${name}`);
      this.act(name, () => input.click());
      input.onchange = () => {
        const path = (file) => file.webkitRelativePath || file.name;
        this.sender.add([...input.files].map((file) => ({ file, name: path(file) })));
        input.value = "";
      };
    }
    if (matchMedia("(pointer: coarse)").matches) this.find('[data-act="folder"]').hidden = true;
  }

  dropping() {
    const zone = this.find(".zone");
    const over = (on) => (event) => {
      event.preventDefault();
      zone.classList.toggle("over", on);
    };
    zone.addEventListener("dragenter", over(true));
    zone.addEventListener("dragover", over(true));
    zone.addEventListener("dragleave", over(false));
    zone.addEventListener("drop", async (event) => {
      over(false)(event);
      this.sender.add(await dropped(event.dataTransfer));
    });
  }

  draw() {
    this.frame = undefined;
    if (!this.root.isConnected) return;
    const { files, going } = this.sender;
    const count = (state) => files.filter((one) => one.state === state).length;
    const failed = count("failed");
    this.root.dataset.state = going ? "sending" : files.length ? "ended" : "empty";
    this.show("stop", going);
    this.show("again", !going && failed > 0, `Send again what is missing (${failed})`);
    this.show("clear", !going && (files.length > 0 || this.data.held > 0));
    this.say(count("done"), failed);
    this.list();
    if (!going && this.sender.unreported) this.arrived(count("done"), failed);
  }

  arrived(done, missing) {
    this.sender.unreported = false;
    this.report("arrived", { done, missing });
  }

  show(name, wanted, words) {
    const button = this.find(`[data-act="${name}"]`);
    if (!wanted && button.matches(":focus")) this.find('[data-act="files"]').focus();
    button.hidden = !wanted;
    if (words) button.textContent = words;
  }

  say(done, failed) {
    const { files, going } = this.sender;
    const all = total(files, "size");
    const sent = total(files, "sent");
    const bar = this.find(".all");
    this.find(".state").hidden = bar.hidden = !files.length;
    bar.value = all ? sent / all : 0;
    bar.setAttribute("aria-valuetext", `${done} of ${files.length} files`);
    const missing = failed ? `; ${failed} missing` : "";
    this.find(".state").textContent = going
      ? `${done} of ${plural(files.length)}, ${amount(sent)} of ${amount(all)}${missing}`
      : `${plural(done)} on the server, ${amount(sent)}${missing}`;
    if (!files.length && this.data.held) {
      this.find(".state").hidden = false;
      this.find(".state").textContent = `${plural(this.data.held)} on the server`;
    }
    this.aloud(going, done, failed);
  }

  // Read out at the quarters and at the end; each file would be too much.
  aloud(going, done, failed) {
    const { files } = this.sender;
    if (!files.length) return;
    const quarter = Math.floor((4 * done) / files.length);
    const mark = `${going} ${quarter} ${files.length} ${going ? "" : failed}`;
    if (mark === this.mark) return;
    this.mark = mark;
    const end = failed ? `${plural(failed)} could not be sent.` : "All are on the server.";
    this.find(".aloud").textContent = `${done} of ${plural(files.length)} sent. ${going ? "" : end}`;
  }

  list() {
    const place = this.find("ul");
    // Once all have arrived, the worklist below names them.
    const wanted = this.sender.files.some((one) => one.state !== "done") ? this.sender.files : [];
    const sorted = [...wanted].sort((a, b) => RANK[a.state] - RANK[b.state]);
    const shown = sorted.slice(0, SHOWN);
    for (const [one, row] of this.rows) {
      if (!shown.includes(one)) {
        row.remove();
        this.rows.delete(one);
      }
    }
    shown.forEach((one, number) => {
      const row = this.rows.get(one) ?? this.row(one);
      if (place.children[number] !== row) place.insertBefore(row, place.children[number] ?? null);
      write(row, one);
    });
    place.hidden = !shown.length;
    const more = sorted.length - shown.length;
    this.find(".more").textContent = more > 0 ? `and ${more.toLocaleString("en")} more` : "";
  }

  row(one) {
    const row = document.createElement("li");
    row.innerHTML = '<span class="name"></span><span class="size"></span><progress max="1"></progress><span class="word"></span>';
    row.querySelector(".name").textContent = row.querySelector(".name").title = one.name;
    row.querySelector(".size").textContent = amount(one.size);
    row.querySelector("progress").setAttribute("aria-label", one.name);
    this.rows.set(one, row);
    return row;
  }
}

function write(row, one) {
  const words = { waiting: "waiting", sending: "sending", done: "sent", failed: "not sent" };
  const text = one.why ? `${words[one.state]}: ${one.why}` : words[one.state];
  row.dataset.state = one.state;
  row.querySelector("progress").value = one.size ? one.sent / one.size : 0;
  const word = row.querySelector(".word");
  if (word.textContent !== text) word.textContent = text;
}

// Entries must be asked for before anything is waited for: then the browser forgets them.
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ file, name: file.name }));
  return (await Promise.all(entries.map(inside))).flat();
}

async function inside(entry) {
  if (entry.isFile) {
    const file = await new Promise((done) => entry.file(done, () => done(null)));
    return file ? [{ file, name: entry.fullPath.replace(/^\//, "") }] : [];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    // A folder is told in portions, until one is empty.
    const portion = await new Promise((done) => reader.readEntries(done, () => done([])));
    if (!portion.length) return (await Promise.all(found.map(inside))).flat();
    found.push(...portion);
  }
}

const plural = (number) => `${number.toLocaleString("en")} ${number === 1 ? "file" : "files"}`;
const limits = (found) =>
  `Up to ${amount(found.most_file_bytes)} a file, ${amount(found.most_bytes)} and ` +
  `${plural(found.most_files)} in all.`;

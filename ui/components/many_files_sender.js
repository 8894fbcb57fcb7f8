// Sends files one by one to the server, a few at a time; knows nothing of the page.

const AT_ONCE = 3;
const MOST_TRIES = 4;
const ALIVE = 60_000;
const LATER = new Set([0, 429, 502, 503, 504]); // worth another try by itself
const HOPELESS = new Set([401, 403, 404, 507]); // the next file would be told the same
const LITTER = /(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/i;

class Sender {
  constructor() {
    this.files = [];
    this.watchers = new Set();
    this.prefix = Math.random().toString(36).slice(2, 8);
    this.counter = 0;
    this.unreported = false;
    // The server keeps files for as long as the page says that it is open.
    setInterval(() => this.alive(), ALIVE);
    addEventListener("pagehide", (event) => event.persisted || this.remove());
  }

  alive() {
    if (this.address) fetch(this.address).catch(() => undefined);
  }

  remove() {
    if (this.address) fetch(this.address, { method: "DELETE", keepalive: true }).catch(() => undefined);
  }

  serve(data) {
    const moved = this.address && this.address !== data.address;
    Object.assign(this, { address: data.address, limits: data.limits });
    if (!moved) return;
    const resume = this.going || this.broken;
    const requests = this.requests();
    // Another place to send to: what was in the old one is there no more.
    this.files.forEach((one) => fail(one, "The server no longer holds it."));
    requests.forEach((request) => request.abort());
    if (resume) this.again();
    this.tell();
  }

  add(found) {
    const known = new Set(this.files.map(identity));
    for (const { file, name } of found) {
      const one = { file, name, size: file.size, sent: 0, tries: 0, state: "waiting", why: "" };
      if (LITTER.test(name) || known.has(identity(one))) continue;
      known.add(identity(one));
      one.slot = `${this.prefix}-${++this.counter}`;
      this.files.push(one);
      const refusal = this.refusal(one);
      if (refusal) fail(one, refusal);
    }
    this.go();
  }

  refusal(one) {
    const { most_file_bytes: most, most_bytes: all, most_files: count } = this.limits;
    const good = this.files.filter((other) => other.state !== "failed");
    if (!one.size) return "The file is empty.";
    if (one.size > most) return `Larger than ${amount(most)}, the most for one file.`;
    if (good.length > count) return `More than ${count.toLocaleString("en")} files, the most at once.`;
    if (total(good, "size") > all) return `More than ${amount(all)} in all.`;
    return "";
  }

  go() {
    const busy = this.files.filter((one) => one.state === "sending").length;
    const next = this.files.filter((one) => one.state === "waiting" && !one.timer);
    next.slice(0, AT_ONCE - busy).forEach((one) => this.send(one));
    this.tell();
  }

  send(one) {
    const request = new XMLHttpRequest();
    Object.assign(one, { state: "sending", sent: 0, why: "", request });
    request.open("PUT", `${this.address}/files/${one.slot}?name=${encodeURIComponent(one.name)}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => {
      one.sent = Math.min(event.loaded, one.size);
      this.tell();
    };
    request.onloadend = () => one.request === request && this.ended(one, request);
    request.send(one.file);
  }

  ended(one, request) {
    one.request = undefined;
    const { status } = request;
    if (status === 201) {
      Object.assign(one, { state: "done", sent: one.size });
      this.unreported = true;
    } else if (LATER.has(status) && ++one.tries < MOST_TRIES) {
      this.later(one, request);
    } else {
      fail(one, sentence(request));
      this.broken ||= status === 0 || status === 404; // as after a restart of the server
      if (HOPELESS.has(status)) this.waiting().forEach((other) => fail(other, one.why));
    }
    this.go();
  }

  later(one, request) {
    const asked = Number(request.getResponseHeader("Retry-After")) || 2 ** one.tries;
    Object.assign(one, { state: "waiting", sent: 0, why: "Tried again in a moment." });
    one.timer = setTimeout(() => {
      one.timer = undefined;
      this.go();
    }, 1000 * asked);
  }

  stop() {
    const left = [...this.waiting(), ...this.files.filter((one) => one.state === "sending")];
    const requests = this.requests();
    left.forEach((one) => fail(one, "Stopped."));
    requests.forEach((request) => request.abort());
    this.tell();
  }

  again() {
    this.broken = false;
    for (const one of this.files.filter((one) => one.state === "failed")) {
      Object.assign(one, { state: "waiting", tries: 0, why: "" });
      const refusal = this.refusal(one);
      if (refusal) fail(one, refusal);
    }
    this.go();
  }

  clear() {
    this.stop();
    this.files = [];
    this.unreported = false;
    this.tell();
  }

  waiting() {
    return this.files.filter((one) => one.state === "waiting");
  }

  requests() {
    return this.files.map((one) => one.request).filter(Boolean);
  }

  get going() {
    return this.files.some((one) => one.state === "waiting" || one.state === "sending");
  }

  tell() {
    this.watchers.forEach((watch) => watch());
  }
}

function fail(one, why) {
  clearTimeout(one.timer);
  // An aborted request reports its end too, which then means nothing any more.
  Object.assign(one, { state: "failed", sent: 0, why, timer: undefined, request: undefined });
}

function sentence(request) {
  if (!request.status) return "The connection to the server broke off.";
  try {
    return JSON.parse(request.responseText).detail;
  } catch {
    return `The server answered with status ${request.status}.`;
  }
}

const identity = (one) => `${one.name}\n${one.size}\n${one.file.lastModified}`;
const total = (files, what) => files.reduce((sum, one) => sum + one[what], 0);

function amount(bytes) {
  const [unit, one] = bytes >= 1e9 ? ["GB", 1e9] : bytes >= 1e5 ? ["MB", 1e6] : ["kB", 1e3];
  const size = bytes / one;
  return `${size.toFixed(size >= 99.95 || Number.isInteger(size) ? 0 : 1)} ${unit}`;
}

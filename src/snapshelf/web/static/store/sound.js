// Spoken words and clips: recorded here until it is quiet again, or chosen as a file.
import * as consent from "./consent.js";
import { changed, icon, iconButton, make, shownModal, terms, tray } from "./dom.js";

const LONGEST = 10_000, QUIET = 1_500; // milliseconds of a recording; of silence after speech that end it
const PATIENCE = 6_000; // milliseconds in which somebody begins to speak
const LOUD = 0.02; // root mean square of the samples (full scale is 1) from which on somebody speaks
const LOOK = 50; // milliseconds between two looks at the level
const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
const MOST_BYTES = 15_000_000;

export class SoundField extends HTMLElement {
  async connectedCallback() {
    if (this.tools) return;
    this.hidden = true;
    this.clip = null; // {blob, kind: "audio" or "video", name}
    this.tools = iconButton("microphone", "Search by voice", () => this.open());
    this.file = make("input", { type: "file", hidden: true, tabindex: -1, "aria-hidden": "true",
      onchange: (event) => this.chosen(event.target) });
    this.chip = make("span", { class: "snap-clip", hidden: true });
    this.said = make("p", { class: "snap-said", role: "status" });
    this.append(this.tools, this.file);
    tray(this).append(this.chip, this.said);
    document.addEventListener("snapshelf-withdrawn", () => this.clip && this.clear());
    const can = (await terms().catch(() => ({}))).can ?? {};
    this.can = can;
    this.file.accept = [can.sound && "audio/*", can.video && "video/*"].filter(Boolean).join(",");
    this.hidden = !(can.sound || can.video);
  }

  /** The dialog: it listens at once where it can, and offers to choose a file in any case. */
  async open() {
    const records = this.can.sound && Boolean(navigator.mediaDevices?.getUserMedia) && Boolean(window.MediaRecorder);
    const said = make("p", { role: "status" }, records ? "Waiting for the microphone …" : "Choose a sound or a video.");
    const level = make("div", { class: "snap-level", "aria-hidden": "true" });
    const stop = make("button", { type: "button", class: "snap-main", disabled: true, autofocus: true }, "Done speaking");
    const pick = make("button", { type: "button", class: "snap-other" }, "Choose a file");
    const form = make("form", { method: "dialog" }, make("h2", { id: "snap-sound-title" }, "Say what you look for"), said,
      ...(records ? [level] : []), make("div", { class: "snap-actions" }, ...(records ? [stop] : []), pick,
        make("button", { class: "snap-other", value: "" }, "Cancel")));
    const dialog = make("dialog", { class: "snap-dialog", "aria-labelledby": "snap-sound-title" }, form);
    const gone = new AbortController();
    stop.addEventListener("click", () => gone.abort("done"));
    pick.addEventListener("click", () => {
      dialog.close("file");
      this.file.click();
    });
    const closed = shownModal(dialog).then((how) => {
      gone.abort("closed");
      return how;
    });
    if (records) {
      try {
        const blob = await recorded(gone.signal, (state, loud) => {
          level.style.setProperty("--level", loud.toFixed(3));
          if (said.textContent !== state) said.textContent = state;
          stop.disabled = false;
        });
        if (blob) dialog.close("done");
        if (blob) await this.take({ blob, kind: "audio", name: "Your recording" });
      } catch (error) {
        said.textContent = refused(error);
        stop.disabled = true;
      }
    }
    await closed;
  }

  async chosen(input) {
    const file = input.files[0];
    input.value = "";
    if (!file) return;
    const kind = file.type.startsWith("video/") ? "video" : "audio";
    if (!/^(audio|video)\//.test(file.type)) return this.say(`${file.name} is neither a sound nor a video.`);
    if (file.size > MOST_BYTES) return this.say(`${file.name} is larger than 15 MB; choose a shorter one.`);
    await this.take({ blob: file, kind, name: file.name });
  }

  async take(clip) {
    this.clip = clip;
    if ((await this.id()) === null) return this.clear(this.said.textContent, false);
    this.draw();
    this.say("");
    changed(this);
  }

  async id() {
    try {
      const id = await consent.agreed(this.clip.kind === "audio" ? "sound" : "video");
      if (id === null) this.say("It was not sent.");
      return id;
    } catch {
      this.say("The shop could not be reached, and nothing was sent. Try again.");
      return null;
    }
  }

  /** What is sent: `audio` or `video`, and `consent`. It is in no address: a recording is not kept, here neither. */
  async fill(formData) {
    if (!this.clip) return;
    const { kind, blob } = this.clip;
    const id = await this.id();
    if (id === null) return this.clear(this.said.textContent);
    if (id) formData.set("consent", id);
    formData.set(kind, blob, kind === "audio" ? `sound.${ending(blob.type)}` : "video");
  }

  restore() {
    this.clip = null;
    this.draw();
  }

  clear(said = "", tell = true) {
    this.clip = null;
    this.draw();
    this.say(said);
    if (tell) changed(this);
  }

  draw() {
    this.chip.hidden = !this.clip;
    if (!this.clip) return this.chip.replaceChildren();
    const remove = make("button", { type: "button", class: "snap-remove", "aria-label": `Remove ${this.clip.name}`,
      onclick: () => {
        this.clear();
        this.tools.focus();
      } }, icon("close"));
    return this.chip.replaceChildren(icon("microphone"), make("span", {}, this.clip.name), remove);
  }

  say(words) {
    this.said.textContent = words;
  }
}

/**
 * A recording, which ends when `signal` says "done", when it is quiet after speech, or after ten seconds.
 * null where it was closed, or nobody spoke. tell: what goes on, and how loud it is, 0 to 1.
 */
export async function recorded(signal, tell) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
  const context = new AudioContext();
  try {
    const looking = context.createAnalyser();
    looking.fftSize = 2048;
    context.createMediaStreamSource(stream).connect(looking);
    await context.resume();
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
    const pieces = [];
    recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
    const ended = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
    recorder.start();
    await listened(looking, signal, tell);
    recorder.stop();
    await ended;
    if (signal.reason === "closed") return null;
    return new Blob(pieces, { type: recorder.mimeType.split(";")[0] });
  } finally {
    stream.getTracks().forEach((track) => track.stop());
    context.close();
  }
}

async function listened(looking, signal, tell) {
  const samples = new Float32Array(looking.fftSize), began = performance.now();
  let heard = 0; // when somebody spoke last
  while (!signal.aborted) {
    looking.getFloatTimeDomainData(samples);
    const loud = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
    const now = performance.now();
    if (loud > LOUD) heard = now;
    tell(heard ? "Listening …" : "Speak now.", Math.min(1, loud * 6));
    if (now - began > LONGEST || (heard && now - heard > QUIET)) return;
    if (!heard && now - began > PATIENCE) throw new Error("silent");
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}

function ending(type) {
  return { "audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "m4a" }[type] ?? "audio";
}

function refused(error) {
  if (error.message === "silent") return "Nothing was heard. Close this and try again, or choose a file.";
  if (error.name === "NotAllowedError") return "The browser does not let this page use the microphone. Allow it in the address bar, or choose a file.";
  return "There is no microphone that can be used now; choose a file.";
}

// A barcode: read by the browser from the live camera where it can, else by the shop from a still.
import * as camera from "./camera.js";
import { changed, iconButton, make, terms, tray } from "./dom.js";

const WANTED = ["ean_13", "ean_8", "upc_a", "itf", "code_128"];

export class ScanButton extends HTMLElement {
  async connectedCallback() {
    if (this.button) return;
    this.hidden = true;
    this.button = iconButton("barcode", "Scan a barcode", () => this.scan());
    this.said = make("p", { class: "snap-said", role: "status" });
    this.append(this.button);
    tray(this).append(this.said);
    this.formats = await formats();
    const can = (await terms().catch(() => ({}))).can ?? {};
    this.hidden = !camera.possible() || !(this.formats.length || can.barcode);
  }

  async scan() {
    this.said.textContent = "";
    const look = this.formats.length ? reading(new BarcodeDetector({ formats: this.formats })) : null;
    const hint = look ? "Hold the barcode into the picture." : "Hold the barcode into the picture, then take the photo.";
    const found = await camera.fromCamera("Scan a barcode", hint, look);
    const form = this.closest("form");
    if (typeof found === "string") {
      form.elements.q.value = found;
      this.said.textContent = `Read ${found}.`;
      changed(this);
    } else if (found) await form.querySelector("photo-field").add([found], "whole");
  }
}

/** The kinds of barcode that this browser reads by itself, of those that stand on goods. */
async function formats() {
  try {
    const known = await BarcodeDetector.getSupportedFormats();
    return WANTED.filter((format) => known.includes(format));
  } catch {
    return [];
  }
}

/** A look at a frame: the code in it, or null. */
function reading(detector) {
  return async (video) => (await detector.detect(video))[0]?.rawValue || null;
}

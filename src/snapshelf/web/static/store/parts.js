// What goes into the search box besides words. A page loads this one file; the elements make themselves.
// Each has `fill(formData, urlParams)`, `restore(urlParams)`, and says "search-change" when the query has changed.
import { BlendSlider } from "./blend.js";
import { ConsentButton } from "./consent.js";
import { CropBox } from "./crop.js";
import { PhotoField } from "./photo.js";
import { ScanButton } from "./scan.js";
import { SoundField } from "./sound.js";

customElements.define("crop-box", CropBox);
customElements.define("photo-field", PhotoField);
customElements.define("sound-field", SoundField);
customElements.define("scan-button", ScanButton);
customElements.define("blend-slider", BlendSlider);
customElements.define("consent-button", ConsentButton);

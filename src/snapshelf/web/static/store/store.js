/* The storefront's scripts. Everything they do but photos, sound and suggestions works without them, by the same form. */
import "./search.js";
import "./suggest.js";
import "./cards.js";
import "./sheet.js";
import "./basket.js";
import { watch } from "./events.js";

watch(document.getElementById("results"));

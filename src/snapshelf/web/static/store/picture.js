// A file → the picture that is sent: upright, at most 1280 pixels, JPEG, without what a camera writes beside it.

export const SIDE = 1280;
const QUALITY = 0.88;
const MOST_BYTES = 15_000_000; // of a file that is sent as it is; the server takes 20 MB in one request
// What phones make and most browsers cannot open; the server can.
const FOREIGN = /^image\/(heic|heif|avif|tiff)/;
const FOREIGN_NAME = /\.(heic|heif|avif|tiff?)$/i;

/** Why a file cannot be searched with, in a sentence for the shopper. */
export class NoPhoto extends Error {}

/** `{blob, width, height, name}`; width and height are 0 where the browser cannot open it. Throws NoPhoto. */
export async function prepared(file) {
  const name = file.name || "photo";
  if (!file.size) throw new NoPhoto(`${name} is empty; choose it again.`);
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return asItIs(file, name);
  }
  try {
    return { ...(await shrunk(bitmap)), name };
  } finally {
    bitmap.close();
  }
}

/** A video's present frame, or any picture, as JPEG: `{blob, width, height}`. */
export async function shrunk(source) {
  const wide = source.videoWidth || source.width, high = source.videoHeight || source.height;
  const scale = Math.min(1, SIDE / Math.max(wide, high));
  const width = Math.max(1, Math.round(wide * scale)), height = Math.max(1, Math.round(high * scale));
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const drawing = canvas.getContext("2d");
  drawing.fillStyle = "#fff"; // under what is see-through
  drawing.fillRect(0, 0, width, height);
  drawing.imageSmoothingQuality = "high";
  drawing.drawImage(source, 0, 0, width, height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!blob) throw new NoPhoto("This photo is too large for this browser; choose a smaller one.");
  return { blob, width, height };
}

function asItIs(file, name) {
  const foreign = FOREIGN.test(file.type) || FOREIGN_NAME.test(name);
  if (!foreign && !file.type.startsWith("image/")) throw new NoPhoto(`${name} is not a photo; choose a picture.`);
  if (!foreign) throw new NoPhoto(`${name} cannot be opened; it may be damaged. Choose another.`);
  if (file.size > MOST_BYTES) throw new NoPhoto(`${name} is larger than 15 MB; choose a smaller one.`);
  return { blob: file, width: 0, height: 0, name };
}

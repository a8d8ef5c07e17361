// The live camera in a dialog: a shutter button for a still, or something that looks at every frame.
import { make, shownModal } from "./dom.js";
import { shrunk } from "./picture.js";

const LOOKS = 150; // milliseconds between two looks at the live picture

/** Whether this page may ask for a camera: only over https or on this very machine. */
export const possible = () => Boolean(navigator.mediaDevices?.getUserMedia);

/**
 * A still as a file, or what `look` made of a frame, or null for given up.
 * look: called with the video again and again; anything but null ends it.
 */
export async function fromCamera(title, hint, look = null) {
  const video = make("video", { class: "snap-live", playsinline: true, muted: true, "aria-label": "What the camera sees" });
  video.muted = true;
  const said = make("p", { role: "status" }, "Waiting for the camera …");
  const shutter = make("button", { type: "button", class: "snap-main", autofocus: true, disabled: true }, "Take the photo");
  const form = make("form", { method: "dialog" }, make("h2", { id: "snap-camera-title" }, title), said, video,
    make("div", { class: "snap-actions" }, shutter, make("button", { class: "snap-other", value: "" }, "Cancel")));
  const dialog = make("dialog", { class: "snap-dialog snap-wide", "aria-labelledby": "snap-camera-title" }, form);
  let found = null, open = true, stream = null;
  const end = (what) => {
    found = what;
    dialog.close("done");
  };
  shutter.addEventListener("click", async () => {
    const { blob } = await shrunk(video);
    end(new File([blob], "camera.jpg", { type: blob.type }));
  });
  const closed = shownModal(dialog);
  closed.then(() => {
    open = false;
    stop(stream);
  });
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
    });
    if (!open) stop(stream);
    video.srcObject = stream;
    await video.play();
    said.textContent = hint;
    shutter.disabled = false;
    if (look) watch(video, look, () => open, end);
  } catch (error) {
    if (open) said.textContent = refused(error);
  }
  await closed;
  return found;
}

async function watch(video, look, open, end) {
  while (open()) {
    const seen = await look(video).catch(() => null);
    if (seen !== null && open()) return end(seen);
    await new Promise((resolve) => setTimeout(resolve, LOOKS));
  }
}

function stop(stream) {
  stream?.getTracks().forEach((track) => track.stop());
}

function refused(error) {
  if (error.name === "NotAllowedError") return "The browser does not let this page use the camera. Allow it in the address bar, or choose a file.";
  if (error.name === "NotFoundError") return "There is no camera here; choose a file.";
  return "The camera cannot be used now; another program may have it. Choose a file.";
}

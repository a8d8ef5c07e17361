/* What is said besides the results: the count to those who listen, and what went wrong. */
const status = document.getElementById("status");
const alarm = document.getElementById("trouble");

export function say(text) {
  status.textContent = "";
  requestAnimationFrame(() => (status.textContent = text)); // the same text twice is said twice
}

export function trouble(text) {
  const sentence = text || "Something went wrong. Please try again.";
  alarm.textContent = sentence[0].toUpperCase() + sentence.slice(1);
  alarm.hidden = false;
  alarm.scrollIntoView({ block: "nearest" });
}

export function clearTrouble() {
  alarm.hidden = true;
  alarm.textContent = "";
}

/* The sentence of a refusal: {"error": {"code", "message", "field", "request_id"}}. */
export async function problemOf(answer) {
  try {
    const { error } = await answer.json();
    if (error.code === "no_consent") (await import("./consent.js")).forget();
    const known = {
      too_many: "That was a little fast. Please try again in a moment.",
      too_large: "That photo is too large. Please choose a smaller one.",
      no_consent: "Your consent is needed before a photo is sent. Choose the photo again to be asked.",
    };
    return new Error(known[error.code] ?? error.message);
  } catch {
    return new Error(`The shop does not answer as it should (${answer.status}). Please try again.`);
  }
}

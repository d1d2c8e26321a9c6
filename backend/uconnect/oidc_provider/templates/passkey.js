// Asks the browser for a passkey, where the page wants one, and sends what it answers with the page's form. Without this
// script people sign in by password.

const place = document.getElementById("passkey");
const form = place.closest("form");
const problem = document.getElementById("problem");
const asked = JSON.parse(place.dataset.options);
const CANCELED = "No passkey was used. Try again, or sign in in another way.";
const EXISTS = "This device has a passkey for your account already.";
const UNSUPPORTED = "This browser has no passkeys. Use another one.";

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const named = (ids) => ids.map((id) => ({ type: "public-key", id: bytes(id) }));

const signing = (mediation, signal) =>
  navigator.credentials.get({
    mediation,
    signal,
    publicKey: {
      challenge: bytes(asked.challenge),
      rpId: asked.rpId,
      allowCredentials: named(asked.allow),
      timeout: asked.timeout,
      userVerification: "required",
    },
  });

const adding = () =>
  navigator.credentials.create({
    publicKey: {
      challenge: bytes(asked.challenge),
      rp: asked.rp,
      user: { ...asked.user, id: bytes(asked.user.id) },
      pubKeyCredParams: asked.algorithms.map((alg) => ({ type: "public-key", alg })),
      excludeCredentials: named(asked.exclude),
      timeout: asked.timeout,
      attestation: "none",
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    },
  });

function send({ id, rawId, type, response }) {
  const fields = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const answer = { id, rawId: text(rawId), type, response: {} };
  for (const field of fields) if (response[field]) answer.response[field] = text(response[field]);
  const input = document.createElement("input");
  input.type = "hidden";
  input.name = "passkey";
  input.value = JSON.stringify(answer);
  for (const each of form.querySelectorAll('input[type="password"]')) each.value = "";
  form.append(input);
  HTMLFormElement.prototype.submit.call(form);
}

function say(error) {
  if (error?.name === "AbortError") return;
  problem.textContent = error?.name === "InvalidStateError" ? EXISTS : CANCELED;
  problem.hidden = false;
}

const isSupported = "PublicKeyCredential" in window;

if (asked.do === "create") {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isSupported) adding().then(send, say);
    else {
      problem.textContent = UNSUPPORTED;
      problem.hidden = false;
    }
  });
} else if (isSupported) {
  let waiting = new AbortController();
  const button = document.createElement("button");
  button.type = "button";
  button.id = "use-passkey";
  button.textContent = place.dataset.button;
  button.addEventListener("click", () => {
    waiting.abort(); // a browser answers one question at a time
    waiting = new AbortController();
    signing("optional", waiting.signal).then(send, say);
  });
  if (asked.allow.length > 0) place.before(button);
  else {
    button.className = "second";
    form.append(button);
    Promise.resolve(PublicKeyCredential.isConditionalMediationAvailable?.()).then((isAvailable) => {
      if (isAvailable) signing("conditional", waiting.signal).then(send, () => {}); // nothing was asked for yet
    });
  }
}

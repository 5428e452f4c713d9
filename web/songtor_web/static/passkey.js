/* A passkey's ceremony: the form says what the node asks, the browser's answer goes back with the form. */
"use strict";
(() => {
  const form = document.querySelector("[data-passkey]");
  const failed = document.getElementById("passkey-failed");
  if (!form) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
  const asked = () => {
    const options = JSON.parse(form.dataset.options);
    options.challenge = bytes(options.challenge);
    options.allowCredentials = known(options.allowCredentials);
    options.excludeCredentials = known(options.excludeCredentials);
    if (options.user) options.user.id = bytes(options.user.id);
    return options;
  };
  const said = (made) => {
    const response = { clientDataJSON: text(made.response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[name]) response[name] = text(made.response[name]);
    }
    return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {} });
  };
  const ask = async () => {
    failed.hidden = true;
    try {
      const made = await navigator.credentials[form.dataset.passkey]({ publicKey: asked() });
      form.elements.answer.value = said(made);
      form.submit();
    } catch { failed.hidden = false; }
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
  ask();
})();

// Around allauth's passkey scripts: what needs a script is hidden without one, and what goes wrong is said on the page.
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-passkey]")) button.hidden = !window.PublicKeyCredential;
});
document.addEventListener("allauth.error", (event) => {
  const trouble = document.getElementById("passkey-trouble");
  if (!trouble) return;
  trouble.hidden = false;
  event.preventDefault(); // said here, and so not in the console
});

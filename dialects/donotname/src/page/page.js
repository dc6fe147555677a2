// Copies a call, and signs in. The page reads without it.
for (const call of document.querySelectorAll(".call")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    const text = call.querySelector("code").textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      // Without a secure origin there is no clipboard: select the text, so that a key press copies it.
      getSelection().selectAllChildren(call.querySelector("code"));
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  call.append(button);
}

const form = document.querySelector("form#sign-in");
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const said = form.querySelector("[role=alert]");
  const body = JSON.stringify(Object.fromEntries(new FormData(form)));
  const headers = { "content-type": "application/json" };
  try {
    const answer = await fetch(form.dataset.action, { method: "POST", headers, body });
    if (answer.ok) return location.reload();
    said.textContent = (await answer.json()).message;
  } catch {
    said.textContent = "The server does not answer. Try again.";
  }
});

"use strict";
// The code comes behind the # of the link and must not stay in the address or the history.
const code = decodeURIComponent(location.hash.slice(1));
history.replaceState(null, "", location.pathname);

const said = document.getElementById("said");
const say = (text) => { said.textContent = text; };
const codeField = document.querySelector("input[name=code]");
codeField.value = code;

async function send(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const told = await answer.json().catch(() => ({}));
  return { status: answer.status, message: told.message || "The server does not answer" };
}

function on(id, act) {
  const form = document.getElementById(id);
  if (form === null) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act(Object.fromEntries(new FormData(form)), event.submitter).catch(() => say("The server does not answer"));
  });
}

async function accept() {
  const answer = await send("/api/invitation/link/accept", { invitationCode: codeField.value });
  if (answer.status === 201) return say("You are in.");
  if (answer.status !== 401) return say(answer.message);
  document.getElementById("enter").hidden = false;
  say("");
}

on("reset", async (given) => {
  const answer = await send("/api/auth/reset-password", given);
  say(answer.status === 201 ? "The new password is set. You can sign in with it." : answer.message);
});
on("accept", accept);
on("enter", async (given, button) => {
  const isNew = button !== null && button.value === "signup";
  const body = isNew ? { ...given, inviteCode: codeField.value } : given;
  const answer = await send(isNew ? "/api/auth/signup" : "/api/auth/signin", body);
  if (answer.status >= 300) return say(answer.message);
  if (isNew) return say("You are in.");
  await accept();
});

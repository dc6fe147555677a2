"use strict";
const at = (id) => document.getElementById(id);
const say = (text) => { at("said").textContent = text; };

const STATUS = {
  unstarted: "Never deployed.",
  pending: "A deploy is under way.",
  success: "The last deploy went well.",
  fail: "The last deploy failed.",
};
const EVENTS = {
  request: "Asked for",
  request_failed: "Nobody could be told",
  response_success: "Went well",
  response_failure: "Failed",
  response_timeout: "Nobody said how it ended",
};
// How long to wait before looking again while a deploy is under way.
const LOOK_AGAIN_MS = 2000;
let again;

class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function ask(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: { accept: "application/json", "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  const first = told.data?.[0]?.attributes;
  throw new Refused(answer.status, told.message ?? first?.details?.message ?? first?.code ?? "The server does not answer");
}

function cell(text) {
  const made = document.createElement("td");
  made.textContent = text;
  return made;
}

function row(event) {
  const { created_at: when, event_type: what } = event.attributes;
  const made = document.createElement("tr");
  made.append(cell(new Date(when).toLocaleString()), cell(EVENTS[what] ?? what));
  return made;
}

async function look() {
  clearTimeout(again);
  const site = at("site").value;
  const [shown, told] = await Promise.all([ask("GET", `/dato/${site}/site`), ask("GET", `/dato/${site}/deploy-events`)]);
  if (at("site").value !== site) return;
  const { deploy_status: status, deployable } = shown.data.attributes;
  at("status").textContent = STATUS[status] ?? "";
  at("publish").disabled = deployable !== true || status === "pending";
  at("events").replaceChildren(...told.data.map(row));
  say(deployable === false ? "Say first how this site is deployed (deploy_adapter and deploy_settings of the site)." : "");
  if (status === "pending") again = setTimeout(() => look().catch(fail), LOOK_AGAIN_MS);
}

async function begin() {
  const teams = await ask("GET", "/ninox/v1/teams");
  const lists = await Promise.all(teams.map((team) => ask("GET", `/ninox/v1/teams/${team.id}/databases`)));
  const options = lists.flat().map((database) => new Option(database.name, database.id));
  at("enter").hidden = true;
  if (options.length === 0) return say("There is no site yet.");
  at("site").replaceChildren(...options);
  at("sites").hidden = false;
  await look();
}

function fail(error) {
  if (error instanceof Refused && error.status === 401) {
    at("sites").hidden = true;
    at("enter").hidden = false;
  }
  const isExpected = error instanceof Refused && error.status === 401 && at("enter").dataset.tried !== "yes";
  say(isExpected ? "" : error instanceof Refused ? error.message : "The server does not answer");
}

at("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  at("enter").dataset.tried = "yes";
  const given = Object.fromEntries(new FormData(at("enter")));
  ask("POST", "/api/auth/signin", given).then(begin).catch(fail);
});
at("site").addEventListener("change", () => {
  // Nothing of the site before.
  at("publish").disabled = true;
  at("status").textContent = "";
  at("events").replaceChildren();
  look().catch(fail);
});
at("publish").addEventListener("click", () => {
  at("publish").disabled = true;
  ask("POST", `/dato/${at("site").value}/deploy`).then(look).catch((error) => look().then(() => fail(error), fail));
});
begin().catch(fail);

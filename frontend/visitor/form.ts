import { authErrorText, type AuthError } from "../lib/auth/error-text";
import { AUTH_PATH } from "../lib/auth/path";
import { problemOf } from "./checks";
import { show } from "./views";

const FORM = "form[data-endpoint]";

/** Has the forms of a page send themselves by this script, and say beside each field what is wrong with it. */
export function listenToForms(): void {
  document.addEventListener("submit", (event) => {
    const form = (event.target as Element).closest<HTMLFormElement>(FORM);
    if (!form) return;
    event.preventDefault();
    void submit(form);
  });
  document.addEventListener("input", ({ target }) => {
    if ((target as Element).closest(FORM)) sayOf(target as HTMLInputElement, null);
  });
  // A press leaves the caret where it is.
  document.addEventListener("mousedown", (event) => {
    if (toggleAt(event)) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const toggle = toggleAt(event);
    if (toggle) toggleVisibility(toggle);
  });
  // One that a browser brings back from its memory may still wait for its answer.
  window.addEventListener("pageshow", ({ persisted }) => persisted && window.location.reload());
}

/** Lets the forms of a page be sent. */
export function enableForms(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>(FORM))
    buttonOf(form).type = "submit";
}

const buttonOf = (form: HTMLFormElement) =>
  form.querySelector<HTMLButtonElement>("button:not([aria-pressed])")!;

async function submit(form: HTMLFormElement): Promise<void> {
  refuse(form, null);
  const inputs = [...form.querySelectorAll<HTMLInputElement>("[data-check]:enabled")];
  const problems = inputs.map((input) => sayOf(input, problemOf(input)));
  if (problems.some(Boolean)) return;
  setBusy(form, true);
  const { endpoint = "", next } = form.dataset;
  const error = await send(endpoint, Object.fromEntries(new FormData(form)));
  // A full load: nothing of whoever was here before may show.
  if (!error && next) return window.location.assign(next);
  setBusy(form, false);
  if (error) refuse(form, authErrorText(error));
  else show("done");
}

/** Sends what was typed to an endpoint of Better Auth: null when it worked. One that does not get through has the status 0. */
async function send(endpoint: string, values: object): Promise<AuthError | null> {
  const request = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(values),
  };
  try {
    const response = await fetch(AUTH_PATH + endpoint, request);
    if (response.ok) return null;
    const said = (await response.json().catch(() => null)) as Partial<AuthError> | null;
    return { code: said?.code, message: said?.message, status: response.status };
  } catch {
    return { status: 0 };
  }
}

function setBusy(form: HTMLFormElement, isBusy: boolean): void {
  const button = buttonOf(form);
  button.disabled = isBusy;
  button.toggleAttribute("data-loading", isBusy);
}

/** Says above the button of a form why it did not work; null says nothing. */
function refuse(form: HTMLFormElement, words: string | null): void {
  const place = form.querySelector<HTMLElement>("[data-refusal]")!;
  place.querySelector("[data-words]")!.textContent = words;
  place.hidden = words === null;
}

/** Says beside a field what is wrong with it; null says nothing. */
function sayOf(input: HTMLInputElement, problem: string | null): string | null {
  const place = document.getElementById(`${input.id}-error`);
  if (!place) return problem;
  place.textContent = problem;
  place.hidden = problem === null;
  const isWrong = problem !== null;
  // By which Mantine's styles know it.
  input.closest(".mantine-Input-wrapper")?.toggleAttribute("data-error", isWrong);
  input.setAttribute("aria-invalid", String(isWrong));
  const others = (input.getAttribute("aria-describedby") ?? "")
    .split(" ")
    .filter((id) => id && id !== place.id);
  const ids = isWrong ? [place.id, ...others] : others;
  if (ids.length > 0) input.setAttribute("aria-describedby", ids.join(" "));
  else input.removeAttribute("aria-describedby");
  return problem;
}

const toggleAt = ({ target }: Event) =>
  (target as Element).closest<HTMLElement>(`${FORM} button[aria-pressed]`);

/** Shows the password in the field beside a button, or hides it again. */
function toggleVisibility(toggle: HTMLElement): void {
  const isShown = toggle.getAttribute("aria-pressed") !== "true";
  toggle.setAttribute("aria-pressed", String(isShown));
  const input = toggle.closest(".mantine-Input-wrapper")!.querySelector("input")!;
  input.type = isShown ? "text" : "password";
}

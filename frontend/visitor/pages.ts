import { browserTimeZone } from "../lib/browser-time-zone";
import { addressAfter } from "../lib/auth/return-address";
import type { UiConfig } from "../lib/ui-config";
import { show } from "./views";

const RETRY_MS = 2_000;

/** What each page makes of a one-time link, and of how the site is set up. */
const PAGES: Record<string, (link: URLSearchParams) => void | Promise<void>> = {
  "/sign-in": async (link) => {
    const { dataset } = part<HTMLFormElement>("form[data-endpoint]");
    dataset.next = addressAfter(link, window.location.origin);
    part("[data-other]").hidden = (await siteConfig()).signUp === "closed";
  },
  "/sign-up": async (link) => {
    fill("timeZone", browserTimeZone());
    const invitation = link.get("invitation");
    if (invitation) return invite(invitation, link.get("email") ?? "");
    const { signUp } = await siteConfig();
    if (signUp === "closed") show("closed");
    if (signUp === "confirmed") askForMail();
  },
  "/forgot-password": async () => show((await siteConfig()).mail ? "form" : "no-mail"),
  "/reset-password": (link) => {
    const token = link.get("token");
    if (!token) return show("incomplete");
    fill("token", token);
    const email = link.get("email");
    if (email) {
      part("[data-whose]").textContent = email;
      part<HTMLInputElement>("[data-username]").value = email;
    }
    show("form");
  },
};

/** Has a page show what its address and the site's settings ask for. */
export function settlePage(): void {
  const { pathname, hash } = window.location;
  void PAGES[pathname]?.(new URLSearchParams(hash.slice(1)));
}

/** Has another link to the same page, which browsers take for a place in it, open it anew. */
export function listenToLinks(): void {
  window.addEventListener("hashchange", () => window.location.reload());
}

function invite(invitation: string, email: string): void {
  fill("invitation", invitation);
  showFor("invited");
  const input = part<HTMLInputElement>("#email");
  input.value = email;
  input.readOnly = true;
  delete input.dataset.check;
}

/** Has the form ask for a link in a mail, instead of for an account. */
function askForMail(): void {
  showFor("confirmed");
  const { dataset } = part<HTMLFormElement>("form[data-endpoint]");
  dataset.endpoint = "/request-sign-up";
  delete dataset.next;
}

/** Shows the parts of a form that are for somebody, and hides the others; what is in their fields is not sent. */
function showFor(who: string): void {
  for (const each of document.querySelectorAll<HTMLElement>("[data-when]")) {
    each.hidden = !each.dataset.when!.split(" ").includes(who);
    for (const input of each.querySelectorAll("input")) input.disabled = each.hidden;
  }
}

/** Fills in a hidden field, which is sent from now on. */
function fill(name: string, value: string): void {
  const input = part<HTMLInputElement>(`input[type="hidden"][name="${name}"]`);
  input.value = value;
  input.disabled = false;
}

const part = <Type extends HTMLElement>(selector: string) =>
  document.querySelector<Type>(selector)!;

/** The settings of this site, asked for until they come. */
async function siteConfig(): Promise<UiConfig> {
  for (;;) {
    const config = await fetch("/ui-config")
      .then((answer) => (answer.ok ? (answer.json() as Promise<UiConfig>) : null))
      .catch(() => null);
    if (config) return config;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

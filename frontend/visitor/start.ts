import { listenToColors } from "./color-menu";
import { enableForms, listenToForms } from "./form";
import { listenToLinks, settlePage } from "./pages";

let isListening = false;

/** Brings a page for visitors to life: it was drawn on the server, and nothing else of it runs in the browser. */
export function start(): void {
  if (!isListening) {
    isListening = true;
    listenToColors();
    listenToForms();
    listenToLinks();
  }
  for (const button of document.querySelectorAll("button[inert]")) button.removeAttribute("inert");
  enableForms();
  settlePage();
}

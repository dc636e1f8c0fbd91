const SCRIPT = "https://cdn.platform.openai.com/deployments/chatkit/chatkit.js";
const ELEMENT = "openai-chatkit";
const TIMEOUT_MS = 5_000;

/**
 * Loads OpenAI's script, which can be had from its own address only.
 * @returns false when it is blocked or late; nothing is shown of it then.
 */
export function loadChatKit(): Promise<boolean> {
  if (customElements.get(ELEMENT)) return Promise.resolve(true);
  const script = document.createElement("script");
  script.src = SCRIPT;
  script.async = true;
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), TIMEOUT_MS);
    script.onerror = () => resolve(false);
    void customElements.whenDefined(ELEMENT).then(() => {
      clearTimeout(timer);
      resolve(true);
    });
    document.head.append(script);
  });
}

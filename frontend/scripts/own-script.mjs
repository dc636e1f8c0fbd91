// How a page that Next has built ahead is sent with a script of ours in place of Next's.

/** Scripts, but for the one that sets the colours before anything is drawn; and what has browsers fetch them early. */
const SCRIPTS =
  /<script(?![^>]*\sdata-mantine-script)[^>]*>[\s\S]*?<\/script>|<link[^>]*\sas="script"[^>]*>/g;

/** What React leaves of a part that a script moves to its place. */
const MOVED_BY_SCRIPT = /<template id="[BP]:|<div hidden="" id="S:/;

/**
 * @param {string} html a page as `next build` leaves it
 * @param {string} address where the script is
 * @returns {string} the page with this script alone
 */
export function withOwnScript(html, address) {
  if (MOVED_BY_SCRIPT.test(html)) throw new Error("A part of the page would come by Next's script");
  const tag = `<script src="${address}" defer=""></script>`;
  return html.replace(SCRIPTS, "").replace("</head>", `${tag}</head>`);
}

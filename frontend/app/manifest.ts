import type { MetadataRoute } from "next";

/** What a browser needs to install the site as an app. */
export default function manifest(): MetadataRoute.Manifest {
  return {
    id: "/app",
    name: "Todo Stack",
    short_name: "Todo",
    description: "A todo list you can talk to.",
    start_url: "/app",
    scope: "/",
    display: "standalone",
    background_color: "#faf9f6",
    theme_color: "#faf9f6",
    icons: [
      { src: "/icon.svg", sizes: "any", type: "image/svg+xml" },
      { src: "/apple-icon.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
    ],
  };
}

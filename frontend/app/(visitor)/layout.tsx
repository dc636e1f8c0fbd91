import type { ReactNode } from "react";
import { VisitorScript } from "@/components/visitor-script";

/** The pages of whoever is not signed in: drawn ahead, and sent with a small script of their own in place of React's. */
export default function VisitorLayout({ children }: { children: ReactNode }) {
  return (
    <>
      {children}
      <VisitorScript />
    </>
  );
}

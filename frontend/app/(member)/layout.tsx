import type { ReactNode } from "react";
import { Notices } from "@/components/notices";

/** The pages of whoever is signed in: what is done there is told in notices. */
export default function MemberLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <Notices />
      {children}
    </>
  );
}

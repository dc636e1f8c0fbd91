import type { Metadata } from "next";
import { Workspace } from "@/components/shell/workspace";

export const metadata: Metadata = { title: "Tasks" };

export default function Page() {
  return <Workspace />;
}

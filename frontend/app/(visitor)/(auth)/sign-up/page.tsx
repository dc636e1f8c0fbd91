import type { Metadata } from "next";
import { SignUp } from "@/components/auth/sign-up-form";

export const metadata: Metadata = { title: "Create an account" };

export default function Page() {
  return <SignUp />;
}

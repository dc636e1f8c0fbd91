import type { Metadata } from "next";
import { ResetPassword } from "@/components/auth/reset-password-form";

export const metadata: Metadata = { title: "Set a new password" };

export default function Page() {
  return <ResetPassword />;
}

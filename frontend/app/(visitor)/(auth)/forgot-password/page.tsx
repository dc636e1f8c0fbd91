import type { Metadata } from "next";
import { ForgotPassword } from "@/components/auth/forgot-password-form";

export const metadata: Metadata = { title: "Forgot your password?" };

export default function Page() {
  return <ForgotPassword />;
}

export { proxy as POST, proxy as OPTIONS } from "@/lib/proxy/handler";

export const dynamic = "force-dynamic";

export {
  proxy as GET,
  proxy as HEAD,
  proxy as POST,
  proxy as PUT,
  proxy as PATCH,
  proxy as DELETE,
  proxy as OPTIONS,
} from "@/lib/proxy/handler";

export const dynamic = "force-dynamic";

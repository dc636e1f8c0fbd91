import { Message } from "@/components/message-page";

export default function NotFound() {
  return (
    <Message title="There is nothing here">
      The address may be old or mistyped. Your list is where it was.
    </Message>
  );
}

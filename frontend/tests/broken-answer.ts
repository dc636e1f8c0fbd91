/** An answer whose connection breaks after the first bytes of its JSON. */
export const breaksOff = (status: number) =>
  new Response(
    new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"id": ')),
      pull: (controller) => controller.error(new TypeError("network error")),
    }),
    { status },
  );

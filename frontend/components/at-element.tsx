import { useImperativeHandle, type Ref } from "react";

/** The target of a popover or a menu that stands at an element which something else has drawn. */
export function AtElement({
  element,
  ref,
}: {
  element: HTMLElement | null;
  ref?: Ref<HTMLElement>;
}) {
  useImperativeHandle(ref, () => element!, [element]);
  return null;
}

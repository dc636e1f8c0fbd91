import { useEffect, useRef } from "react";

/** The ref of a `dialog` element that is before the page as long as it is opened; the browser keeps the focus in it. */
export function useModalDialog(opened: boolean) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (opened) ref.current?.showModal();
    else ref.current?.close();
  }, [opened]);
  return ref;
}

import type { UseFormReturnType } from "@mantine/form";
import { useEffect, useRef } from "react";

/** Takes over what was typed, or filled in by the browser, before the page's script had come. */
export function useEarlyInput<Values extends Record<string, string>>({
  setFieldValue,
}: Pick<UseFormReturnType<Values>, "setFieldValue">): void {
  // Another function at each render, and this is for the first one alone.
  const set = useRef(setFieldValue);
  useEffect(() => {
    for (const { dataset, value } of document.querySelectorAll<HTMLInputElement>(
      "input[data-path]",
    ))
      if (value) set.current(dataset.path!, value as never);
  }, []);
}

"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";

/** What is entered in a field and sent, one after the other. */
interface SendInOrder<T> {
  enter: (item: T) => void;
  /** How many were refused and wait for the field to be free. */
  waiting: number;
}

/**
 * Leaves a field free for the next as soon as something was entered. What is refused (`send` resolves to false) comes back
 * once the field is free.
 */
export function useSendInOrder<T>(
  isFree: boolean,
  send: (item: T) => Promise<boolean>,
  giveBack: (item: T) => void,
): SendInOrder<T> {
  const last = useRef(Promise.resolve());
  const isGone = useRef(false);
  const [refused, setRefused] = useState<T[]>([]);

  function enter(item: T): void {
    last.current = last.current.then(async () => {
      if (await send(item)) return;
      if (isGone.current) giveBack(item);
      else setRefused((now) => [...now, item]);
    });
  }

  const giveFirstBack = useEffectEvent(() => {
    giveBack(refused[0]!);
    setRefused(refused.slice(1));
  });
  useEffect(() => {
    if (isFree && refused.length > 0) queueMicrotask(giveFirstBack);
  }, [isFree, refused]);
  useEffect(() => {
    isGone.current = false;
    return () => void (isGone.current = true);
  }, []);

  return { enter, waiting: refused.length };
}

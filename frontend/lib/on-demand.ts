"use client";

import { createElement, useEffect, useState, type ComponentType } from "react";
import { showFailure } from "./notices";

interface OnDemand<Props> {
  /** Draws nothing as long as it is not ready. */
  Part: ComponentType<Props>;
  /** Whether its code has come, which is fetched once there is something to want it for. */
  useIsReady: (wantedFor: unknown) => boolean;
}

/**
 * A part of the page whose code the page does not begin with. That it cannot be had is told to whoever waits for it; what
 * wants it next asks again.
 */
export function onDemand<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): OnDemand<Props> {
  let loaded: ComponentType<Props> | null = null;

  function Part(props: Props) {
    return loaded && createElement(loaded, props);
  }

  function useIsReady(wantedFor: unknown): boolean {
    const [isReady, setReady] = useState(loaded !== null);
    useEffect(() => {
      if (!wantedFor || isReady) return;
      load().then(
        (component) => {
          loaded = component;
          setReady(true);
        },
        () => showFailure("A part of the page did not load", new Error("Reload the page.")),
      );
    }, [wantedFor, isReady]);
    return isReady;
  }

  return { Part, useIsReady };
}

/**
 * The same for what opens over the page, a dialog or a menu, whose code comes when it is first opened. It is drawn closed
 * then, and opened next: it sees what has the focus, which it gives back, and comes as at any other time.
 */
export function onDemandOverlay<Props extends { opened: boolean }>(
  load: () => Promise<ComponentType<Props>>,
): OnDemand<Props> {
  const { Part, useIsReady } = onDemand(load);

  function Overlay(props: Props) {
    const { opened } = props;
    const isReady = useIsReady(opened);
    const [isDrawn, setDrawn] = useState(false);
    useEffect(() => {
      if (opened && isReady) setDrawn(true);
    }, [opened, isReady]);
    if (!isReady || !(opened || isDrawn)) return null;
    return createElement(Part, { ...props, opened: opened && isDrawn });
  }

  return { Part: Overlay, useIsReady };
}

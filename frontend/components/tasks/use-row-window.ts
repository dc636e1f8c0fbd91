"use client";

import { useEffect, useEffectEvent, useRef, useState, useTransition } from "react";
import type { Task } from "@/lib/api/types";
import { endsOf, nextRows, overlap, ROW_PX, rowsBetween } from "./row-window";

/** So far beyond what is in sight there are rows: enough for the keys, a quick finger and a drag over a page. */
const AHEAD_PX = 1_200;

/**
 * Which rows of a list are near the part of it that is in sight, and where each row ends. Rows that come and go above do not
 * move what is in sight: the browser keeps that in its place.
 */
export function useRowWindow(tasks: Task[]) {
  const list = useRef<HTMLUListElement>(null);
  const heights = useRef(new Map<number, number>());
  const usual = useRef(ROW_PX);
  const isScrolling = useRef(false);
  /** Whether rows were yet to be drawn where one had scrolled to. */
  const wasBare = useRef(false);
  const [near, setNear] = useState({ from: 0, to: 0, ends: [] as number[] });
  const [isDrawing, startDrawing] = useTransition();

  function look(): typeof near | null {
    if (!list.current) return null; // it is leaving the page
    const rows = [...list.current.querySelectorAll<HTMLElement>("[data-task]")];
    if (rows.some(({ dataset }) => dataset.dragged !== undefined)) return null;
    const areFirst = heights.current.size === 0;
    for (const row of rows) heights.current.set(Number(row.dataset.task), row.offsetHeight);
    // As the first ones are: were it reckoned again, all that has not been seen would move.
    if (areFirst && rows.length > 0) usual.current = meanOf([...heights.current.values()]);
    const ids = tasks.map(({ id }) => id);
    const ends = endsOf(ids, heights.current, usual.current);
    const sight = list.current.closest("main")!.getBoundingClientRect();
    const { top } = list.current.getBoundingClientRect();
    const within = (px: number) => rowsBetween(ends, sight.top - top - px, sight.bottom - top + px);
    const inSight = within(0);
    if (inSight.from < inSight.to && !overlap(inSight, near)) wasBare.current = true;
    const { from, to } = nextRows(near, within(AHEAD_PX), inSight);
    return from === near.from && to === near.to && ends.length === near.ends.length
      ? null
      : { from, to, ends };
  }

  const follow = useEffectEvent(() => {
    // One at a time: rows that come too late for a quick scroll are not waited for by those that come next.
    if (isDrawing) return;
    const next = look();
    if (next) startDrawing(() => setNear(next));
    else if (wasBare.current && !isScrolling.current) {
      wasBare.current = false;
      chooseWhatStays(list.current!.closest("main")!);
    }
  });

  useEffect(() => {
    if (!isDrawing) follow();
  }, [isDrawing]);
  useEffect(() => {
    const scroller = list.current!.closest("main")!;
    const ended = new AbortController();
    const options = { passive: true, signal: ended.signal };
    const when = (type: "scroll" | "scrollend") => {
      isScrolling.current = type === "scroll";
      follow();
    };
    scroller.addEventListener("scroll", () => when("scroll"), options);
    scroller.addEventListener("scrollend", () => when("scrollend"), options);
    const resized = new ResizeObserver(() => follow());
    resized.observe(scroller);
    resized.observe(list.current!); // by tasks that came or went
    return () => {
      ended.abort();
      resized.disconnect();
    };
  }, []);

  return { list, ...near };
}

const meanOf = (numbers: number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

/** Where it found no row, a browser keeps the list as a whole in its place: scrolled again, it looks for a row. */
function chooseWhatStays(scroller: HTMLElement): void {
  const { scrollTop } = scroller;
  scroller.scrollTop = scrollTop - 1;
  scroller.scrollTop = scrollTop;
}

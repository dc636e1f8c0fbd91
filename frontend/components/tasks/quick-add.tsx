"use client";

import { ActionIcon, Loader, TextInput } from "@mantine/core";
import {
  useRef,
  useState,
  type Dispatch,
  type FormEvent,
  type KeyboardEvent,
  type RefObject,
  type SetStateAction,
  type SyntheticEvent,
} from "react";
import { flushSync } from "react-dom";
import type { LineDefaults } from "@/lib/api/types";
import { onDemand } from "@/lib/on-demand";
import { EMPTY_DRAFT, retyped, type Draft, type Span } from "@/lib/tasks/line";
import { useSendInOrder } from "@/lib/use-send-in-order";
import { IconAdjustmentsHorizontal, IconPlus } from "../icons";
import type { CompletionHandle } from "./line-completion";
import classes from "./quick-add.module.css";

const { Part: LineReading, useIsReady } = onDemand(() =>
  import("./line-reading").then(({ LineReading }) => LineReading),
);
const { Part: LineCompletion, useIsReady: useCompletionIsReady } = onDemand(() =>
  import("./line-completion").then(({ LineCompletion }) => LineCompletion),
);

const COMPLETIONS = "line-completions";

interface QuickAddProps {
  inputRef: RefObject<HTMLInputElement | null>;
  busy: boolean;
  now: Date;
  /** The day of what is added, in words, where its writer says none. */
  day?: string;
  /** What has been typed: it outlasts the place. */
  draft: Draft;
  setDraft: Dispatch<SetStateAction<Draft>>;
  defaults: Partial<LineDefaults>;
  /** Resolves to false when the text should stay. */
  onAdd: (draft: Draft) => Promise<boolean>;
  /** Opens the full form, with what has been typed as its title. */
  onDetails: (title: string) => void;
}

/** One line that takes a task the way a person would say it, and shows what it is read as. */
export function QuickAdd({
  inputRef,
  busy,
  now,
  day,
  draft,
  setDraft,
  defaults,
  onAdd,
  onDetails,
}: QuickAddProps) {
  const { text } = draft;
  const isBlank = text.trim() === "";
  const isReady = useIsReady(!isBlank);
  const [parts, setParts] = useState<Span[]>([]);
  const [scrolled, setScrolled] = useState(0);
  /** Where the caret is while the field has the focus and nothing is marked. */
  const [caret, setCaret] = useState<number | null>(null);
  const isCompletionReady = useCompletionIsReady(!isBlank && caret !== null);
  const completion = useRef<CompletionHandle>(null);
  /** The completion that is moved to, "" as long as that is none; null while none are offered. */
  const [option, setOption] = useState<string | null>(null);
  const sending = useSendInOrder(isBlank, onAdd, (line) =>
    setDraft((now) => (now.text.trim() === "" ? line : now)),
  );

  function submit(event: FormEvent) {
    event.preventDefault();
    if (isBlank) return;
    setDraft(EMPTY_DRAFT);
    sending.enter(draft);
  }

  function complete(line: string, at: number) {
    flushSync(() => {
      setDraft((now) => retyped(now, line));
      setCaret(at);
    });
    inputRef.current?.setSelectionRange(at, at);
  }

  function followCaret({ currentTarget: { selectionStart, selectionEnd } }: FieldEvent) {
    setCaret(selectionStart === selectionEnd ? selectionStart : null);
  }

  const refuse = (part: Span) =>
    setDraft((now) => (now.text === text ? { text, refused: [...now.refused, part] } : now));

  /** Right behind a part, Backspace has it left unread before it deletes anything. */
  function refuseByBackspace(event: KeyboardEvent<HTMLInputElement>) {
    if (event.key !== "Backspace" || event.ctrlKey || event.metaKey || event.altKey) return;
    const { selectionStart, selectionEnd } = event.currentTarget;
    if (selectionStart !== selectionEnd) return;
    const part = parts.find(({ end }) => end === selectionEnd);
    if (!part) return;
    event.preventDefault();
    refuse(part);
  }

  return (
    <form onSubmit={submit} className={classes.form}>
      <TextInput
        ref={inputRef}
        aria-label="Add a task"
        placeholder={day ? `Add a task for ${day}` : "Add a task: pay rent friday 5pm p1 #home"}
        size="md"
        maxLength={500}
        value={text}
        onChange={(event) => {
          const { value } = event.currentTarget;
          setDraft((now) => retyped(now, value));
          followCaret(event);
        }}
        onSelect={followCaret}
        onBlur={() => setCaret(null)}
        onKeyDown={(event) => {
          completion.current?.onKeyDown(event);
          if (!event.defaultPrevented) refuseByBackspace(event);
        }}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={option !== null}
        aria-controls={COMPLETIONS}
        aria-activedescendant={option || undefined}
        autoComplete="off"
        onScroll={(event) => setScrolled(event.currentTarget.scrollLeft)}
        leftSection={busy ? <Loader size={16} /> : <IconPlus size={19} stroke={1.8} />}
        rightSection={
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label="Add with all details"
            title="Add with all details"
            onClick={() => {
              onDetails(text.trim());
              setDraft(EMPTY_DRAFT);
            }}
          >
            <IconAdjustmentsHorizontal size={18} stroke={1.7} />
          </ActionIcon>
        }
        inputContainer={(input) => (
          <div className={classes.field}>
            <MarkedText text={text} parts={parts} scrolled={scrolled} />
            {input}
            {!isBlank && caret !== null && isCompletionReady && (
              <LineCompletion
                id={COMPLETIONS}
                handleRef={completion}
                now={now}
                line={text}
                caret={caret}
                onTake={complete}
                onOption={setOption}
              />
            )}
          </div>
        )}
        classNames={{ input: classes.input, section: classes.section }}
      />
      {sending.waiting > 0 && (
        <p className={classes.note}>
          {sending.waiting === 1 ? "A task" : `${sending.waiting} tasks`} could not be added, and
          will be back here once this one is sent.
        </p>
      )}
      <div aria-live="polite">
        {!isBlank && isReady && (
          <LineReading
            now={now}
            draft={draft}
            defaults={defaults}
            onParts={setParts}
            onRefuse={refuse}
          />
        )}
      </div>
    </form>
  );
}

type FieldEvent = SyntheticEvent<HTMLInputElement>;

/** The text once more, behind the field's own: unseen but for the marks of its parts. */
function MarkedText({ text, parts, scrolled }: { text: string; parts: Span[]; scrolled: number }) {
  if (text.trim() === "") return null;
  const pieces = parts.flatMap(({ start, end }, index) => [
    text.slice(parts[index - 1]?.end ?? 0, start),
    <mark key={start}>{text.slice(start, end)}</mark>,
  ]);
  return (
    <div aria-hidden="true" className={classes.marked}>
      <span style={{ translate: `${-scrolled}px 0` }}>
        {pieces}
        {text.slice(parts.at(-1)?.end ?? 0)}
      </span>
    </div>
  );
}

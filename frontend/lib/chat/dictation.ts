"use client";

import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";

/** What recognises speech in some browsers, as far as this page uses it. */
interface Recognition {
  lang: string;
  interimResults: boolean;
  onresult: (event: { results: ArrayLike<ArrayLike<{ transcript: string }>> }) => void;
  onerror: (event: { error: string }) => void;
  onend: () => void;
  start: () => void;
  stop: () => void;
  abort: () => void;
}
type RecognitionClass = new () => Recognition;

const CAUSES: Record<string, string> = {
  "not-allowed": "This browser does not let the page use the microphone.",
  "service-not-allowed": "This browser does not let the page use the microphone.",
  "audio-capture": "No microphone was found.",
  "no-speech": "Nothing was heard.",
  network: "The browser could not reach what recognises speech.",
  "language-not-supported": "The browser does not recognise speech in its language.",
};
/** Not an error to anybody. */
const ENDED_BY_US = "aborted";

/** The browser's own; undefined where it has none. */
function recognitionClass(): RecognitionClass | undefined {
  const { SpeechRecognition, webkitSpeechRecognition } = window as {
    SpeechRecognition?: RecognitionClass;
    webkitSpeechRecognition?: RecognitionClass;
  };
  return SpeechRecognition ?? webkitSpeechRecognition;
}

interface DictationOptions {
  /** Told a text with what has been heard behind it, again and again. */
  onText: (text: string) => void;
  onEnd: () => void;
  /** Told in words why nothing more is heard. */
  onProblem: (cause: string) => void;
}

/** Speech as text, where the browser can: until a pause, or until it is stopped. */
export function useDictation({ onText, onEnd, onProblem }: DictationOptions) {
  const current = useRef<Recognition | null>(null);
  const [isListening, setListening] = useState(false);
  const isPossible = useSyncExternalStore(
    () => () => {},
    () => recognitionClass() !== undefined,
    () => false,
  );

  function start(before: string): void {
    const own = new (recognitionClass()!)();
    const isCurrent = () => current.current === own;
    own.lang = navigator.language;
    own.interimResults = true;
    own.onresult = ({ results }) => {
      const heard = Array.from(results, (choices) => choices[0]!.transcript).join("");
      if (isCurrent()) onText(joined(before, heard));
    };
    own.onerror = ({ error }) => {
      if (isCurrent() && error !== ENDED_BY_US)
        onProblem(CAUSES[error] ?? "Speech could not be recognised.");
    };
    own.onend = () => {
      if (!isCurrent()) return;
      drop();
      onEnd();
    };
    current.current = own;
    setListening(true);
    own.start();
  }

  /** Hears no more; what is still being recognised comes. */
  const stop = () => current.current?.stop();

  /** Hears no more, and nothing comes of it. */
  const drop = useCallback(() => {
    const own = current.current;
    current.current = null;
    setListening(false);
    own?.abort();
  }, []);
  useEffect(() => drop, [drop]);

  return { isPossible, isListening, start, stop, drop };
}

const joined = (before: string, heard: string) =>
  [before.trimEnd(), heard.trim()].filter(Boolean).join(" ");

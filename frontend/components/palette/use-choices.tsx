"use client";

import { useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useRouter } from "next/navigation";
import type { Task } from "@/lib/api/types";
import { useSignOut } from "@/lib/auth/use-sign-out";
import type { Choice } from "@/lib/palette/choices";
import { defaultsOf, PLACE_LABELS, pathOf, type Place, type PlaceName } from "@/lib/places/places";
import { openPlace } from "@/lib/places/use-place";
import type { useTaskActions } from "@/lib/tasks/actions";
import { dayIn, dueLabel } from "@/lib/tasks/due";
import { useCounts, useFoundTasks } from "@/lib/tasks/queries";
import { useNow } from "@/lib/tasks/use-now";
import { useTimeZone } from "@/lib/time-zone";
import { COLOR_SCHEMES } from "../color-schemes";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconCircleCheck,
  IconKeyboard,
  IconLogout,
  IconMessagePlus,
  IconPencil,
  IconPlus,
  IconSettings,
  IconSparkles,
} from "../icons";
import { PLACE_ICONS } from "../places/place-icons";
import { TagDot } from "../places/tag-dot";

/** As long as the server takes a search. */
const MAX_WORDS = 200;

export interface ChoicesOptions {
  typed: string;
  /** Where one is, which a task that is added belongs to. */
  place: Place | null;
  actions: ReturnType<typeof useTaskActions>;
  onPlace: () => void;
  onTask: (task: Task) => void;
  onAsk: (text: string) => void;
  onNewConversation: () => void;
  onKeys: () => void;
  /** Gives back the text of a task that was not added. */
  onNotAdded: (text: string) => void;
}

/** All that there is to choose, for what is typed: places, tags, tasks, actions. */
export function useChoices(options: ChoicesOptions): Choice[] {
  const { typed, place, actions, onPlace, onTask, onAsk, onNewConversation, onKeys } = options;
  const zone = useTimeZone();
  const now = useNow();
  const today = dayIn(zone, now);
  const { data: counts } = useCounts(today);
  const words = typed.trim();
  const [settled] = useDebouncedValue(words.slice(0, MAX_WORDS), 200);
  const found = useFoundTasks(settled);
  const { setColorScheme } = useMantineColorScheme();
  const router = useRouter();
  const signOut = useSignOut();

  function goTo(to: Place) {
    openPlace(pathOf(to));
    onPlace();
  }

  async function add() {
    const isAdded = await actions.addFromLine(
      { text: words, refused: [] },
      place ? defaultsOf(place, today) : {},
    );
    if (!isAdded) options.onNotAdded(words);
  }

  const places = (Object.keys(PLACE_LABELS) as PlaceName[]).map((name): Choice => ({
    id: name,
    kind: "place",
    icon: <Icon of={PLACE_ICONS[name]} />,
    label: PLACE_LABELS[name],
    detail: "List",
    run: () => goTo({ name }),
  }));
  const tags = (counts?.tags ?? []).map(({ tag }): Choice => ({
    id: `#${tag}`,
    kind: "tag",
    icon: <TagDot tag={tag} />,
    label: tag,
    detail: "Tag",
    run: () => goTo({ name: "tag", tag }),
  }));
  // Those of other words are chosen from, too, as long as the answer for these is awaited.
  const isFound = settled === words && !found.isPlaceholderData;
  const items = words ? (found.data?.items ?? []) : [];
  const openFirst = items.toSorted((one, other) => +one.completed - +other.completed);
  const tasks = openFirst.map((task): Choice => ({
    id: `task-${task.id}`,
    kind: "task",
    icon: <Icon of={task.completed ? IconCircleCheck : IconPencil} />,
    label: task.title,
    detail: task.completed ? "Done" : (dueLabel(task, zone, now)?.text ?? "Task"),
    isFound,
    run: () => onTask(task),
  }));
  const withWords: Choice[] = words
    ? [
        { ...action(IconPlus, "Add a task:", add), takes: words },
        { ...action(IconSparkles, "Ask the assistant:", () => onAsk(words)), takes: words },
      ]
    : [];
  return [
    ...places,
    ...tags,
    ...tasks,
    action(IconArrowBackUp, "Undo the last change", actions.undo, "take back", "Ctrl Z"),
    action(IconArrowForwardUp, "Redo the last change", actions.redo, "again", "Ctrl Shift Z"),
    action(IconMessagePlus, "New conversation", onNewConversation, "chat assistant"),
    action(IconKeyboard, "Keyboard shortcuts", onKeys, "help keys hotkeys", "?"),
    action(IconSettings, "Settings", () => router.push("/settings"), "account profile password"),
    ...COLOR_SCHEMES.map(({ value, label, icon }) =>
      action(icon, `Colours: ${label}`, () => setColorScheme(value), "colors theme scheme mode"),
    ),
    action(IconLogout, "Sign out", signOut, "log out leave quit"),
    ...withWords,
  ];
}

type IconType = typeof IconPlus;

const Icon = ({ of: Drawing }: { of: IconType }) => <Drawing size={18} stroke={1.6} />;

/** Something to do, which stands for itself by its name. */
const action = (
  icon: IconType,
  label: string,
  run: () => unknown,
  aliases?: string,
  detail = "Action",
): Choice => ({ id: label, kind: "action", icon: <Icon of={icon} />, label, aliases, detail, run });

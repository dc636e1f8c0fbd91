"use client";

import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";

const CLOSE = { "aria-label": "Close this notice" };

/** More than this would cover the list; the latest are the ones that a person wants to undo. */
const MAX_NOTICES = 2;
const shown: string[] = [];

/** Tells what was done and offers the way back. */
export function showDone(id: string, text: string, undo?: () => void, label = "Undo"): void {
  notifications.hide(id);
  shown.push(id);
  for (const old of shown.splice(0, shown.length - MAX_NOTICES)) {
    if (!shown.includes(old)) notifications.hide(old);
  }
  notifications.show({
    id,
    withBorder: true,
    closeButtonProps: CLOSE,
    message: (
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text fz="sm" lineClamp={2}>
          {text}
        </Text>
        {undo && (
          <Button
            variant="subtle"
            size="compact-sm"
            flex="none"
            onClick={() => {
              notifications.hide(id);
              undo();
            }}
          >
            {label}
          </Button>
        )}
      </Group>
    ),
  });
}

/** Tells that something did not work, in the server's words. */
export function showFailure(what: string, error: Error): void {
  notifications.show({
    color: "red",
    withBorder: true,
    closeButtonProps: CLOSE,
    title: what,
    message: error.message,
  });
}

"use client";

import { ActionIcon, Avatar, Group, Menu, Modal, Text } from "@mantine/core";
import { useDisclosure, useHotkeys, useMounted } from "@mantine/hooks";
import Link from "next/link";
import type { ReactNode } from "react";
import { authClient } from "@/lib/auth/client";
import { authErrorText } from "@/lib/auth/error-text";
import { useLeave } from "@/lib/auth/use-leave";
import { onDemand } from "@/lib/on-demand";
import { showFailure } from "@/lib/notices";
import { ColorSchemeMenu } from "../color-scheme-menu";
import { IconKeyboard, IconLogout, IconSettings, IconTrash } from "../icons";
import { Logo } from "../logo";
import classes from "./app-header.module.css";
import { DeleteAccountModal } from "./delete-account-modal";

const { Part: Shortcuts, useIsReady: useShortcutsAreReady } = onDemand(() =>
  import("./shortcuts").then(({ Shortcuts }) => Shortcuts),
);

/** Who is signed in, how it looks, and the way out; `start` comes before the name of the app. */
export function AppHeader({ start }: { start?: ReactNode }) {
  const { data: session } = authClient.useSession();
  const leave = useLeave();
  const mounted = useMounted();
  const [showsKeys, keys] = useDisclosure(false);
  const areKeysReady = useShortcutsAreReady(showsKeys);
  const [showsDeletion, deletion] = useDisclosure(false);
  useHotkeys([["shift+?", keys.open, { usePhysicalKeys: false }]]);

  async function signOut() {
    const error = await leave(() => authClient.signOut());
    if (error) showFailure("You are still signed in", new Error(authErrorText(error)));
  }

  return (
    <header className={classes.header}>
      <div className={classes.start}>
        {start}
        <Logo />
      </div>
      <Group gap={4}>
        <ColorSchemeMenu />
        <Menu position="bottom-end" width={230}>
          <Menu.Target>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              radius="xl"
              aria-label="Account"
              inert={!mounted}
            >
              <Avatar size={30} color="pine" name={session?.user.name} alt="" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {session && (
              <div className={classes.who}>
                <Text fz="sm" fw={500} truncate>
                  {session.user.name}
                </Text>
                <Text fz="xs" c="var(--ink-soft)" truncate>
                  {session.user.email}
                </Text>
              </div>
            )}
            <Menu.Item component={Link} href="/settings" leftSection={<IconSettings size={16} />}>
              Settings
            </Menu.Item>
            <Menu.Item leftSection={<IconKeyboard size={16} />} onClick={keys.open}>
              Keyboard shortcuts
            </Menu.Item>
            <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
              Sign out
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={deletion.open}>
              Delete account
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Modal
        opened={showsKeys && areKeysReady}
        onClose={keys.close}
        title="Keyboard shortcuts"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <Shortcuts />
      </Modal>
      <DeleteAccountModal opened={showsDeletion} onClose={deletion.close} />
    </header>
  );
}

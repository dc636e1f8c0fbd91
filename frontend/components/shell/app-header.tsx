"use client";

import { ActionIcon, Avatar, Group, Menu, Text } from "@mantine/core";
import { useDisclosure, useHotkeys, useMounted } from "@mantine/hooks";
import Link from "next/link";
import type { ReactNode } from "react";
import { authClient } from "@/lib/auth/client";
import { useSignOut } from "@/lib/auth/use-sign-out";
import { ColorSchemeMenu } from "../color-scheme-menu";
import { IconKeyboard, IconLogout, IconSettings, IconTrash } from "../icons";
import { Logo } from "../logo";
import classes from "./app-header.module.css";
import { DeleteAccountModal } from "./delete-account-modal";
import { ShortcutsModal } from "./shortcuts-modal";

interface AppHeaderProps {
  /** Before the name of the app. */
  start?: ReactNode;
  /** Before what every page has. */
  tools?: ReactNode;
}

/** Who is signed in, how it looks, and the way out. */
export function AppHeader({ start, tools }: AppHeaderProps) {
  const { data: session } = authClient.useSession();
  const signOut = useSignOut();
  const mounted = useMounted();
  const [showsKeys, keys] = useDisclosure(false);
  const [showsDeletion, deletion] = useDisclosure(false);
  useHotkeys([["shift+?", keys.open, { usePhysicalKeys: false }]]);

  return (
    <header className={classes.header}>
      <div className={classes.start}>
        {start}
        <Logo />
      </div>
      <Group gap={4}>
        {tools}
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
      <ShortcutsModal opened={showsKeys} onClose={keys.close} />
      <DeleteAccountModal opened={showsDeletion} onClose={deletion.close} />
    </header>
  );
}

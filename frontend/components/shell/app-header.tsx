"use client";

import { Avatar, Group, Text } from "@mantine/core";
import { useDisclosure, useHotkeys, useMounted } from "@mantine/hooks";
import type { MouseEvent, ReactNode } from "react";
import { authClient } from "@/lib/auth/client";
import { useSignOut } from "@/lib/auth/use-sign-out";
import { showFailure } from "@/lib/notices";
import { offlineState } from "@/lib/offline/state";
import { ColorSchemeMenu } from "../color-scheme-menu";
import { IconKeyboard, IconLogout, IconSettings, IconTrash } from "../icons";
import { Logo } from "../logo";
import { MenuButton, useMenusAhead } from "../menu-button";
import classes from "./app-header.module.css";
import { DeleteAccountModal } from "./delete-account-modal";
import { ShortcutsModal } from "./shortcuts-modal";

interface AppHeaderProps {
  /** Before the name of the app. */
  start?: ReactNode;
  /** Before what every page has. */
  tools?: ReactNode;
}

/** Settings are not kept for use without the site: a browser would leave the app for a page of its own. */
function stayWhileCutOff(event: MouseEvent): void {
  if (!offlineState().isCutOff) return;
  event.preventDefault();
  showFailure("You are offline", new Error("Settings need the connection."));
}

/** Who is signed in, how it looks, and the way out. */
export function AppHeader({ start, tools }: AppHeaderProps) {
  const { data: session } = authClient.useSession();
  const signOut = useSignOut();
  const mounted = useMounted();
  const [showsKeys, keys] = useDisclosure(false);
  const [showsDeletion, deletion] = useDisclosure(false);
  useMenusAhead();
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
        <MenuButton
          label="Account"
          size="lg"
          radius="xl"
          inert={!mounted}
          width={230}
          entries={() => [
            ...(session ? [{ content: <Who {...session.user} /> }] : []),
            {
              label: "Settings",
              icon: <IconSettings size={16} />,
              href: "/settings",
              onClick: stayWhileCutOff,
            },
            { label: "Keyboard shortcuts", icon: <IconKeyboard size={16} />, onClick: keys.open },
            { label: "Sign out", icon: <IconLogout size={16} />, onClick: () => void signOut() },
            "divider",
            {
              label: "Delete account",
              icon: <IconTrash size={16} />,
              isDangerous: true,
              onClick: deletion.open,
            },
          ]}
        >
          <Avatar size={30} color="pine" name={session?.user.name} alt="" />
        </MenuButton>
      </Group>
      <ShortcutsModal opened={showsKeys} onClose={keys.close} />
      <DeleteAccountModal opened={showsDeletion} onClose={deletion.close} />
    </header>
  );
}

function Who({ name, email }: { name: string; email: string }) {
  return (
    <div className={classes.who}>
      <Text fz="sm" fw={500} truncate>
        {name}
      </Text>
      <Text fz="xs" c="var(--ink-soft)" truncate>
        {email}
      </Text>
    </div>
  );
}

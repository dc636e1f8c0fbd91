"use client";

import { useMantineColorScheme } from "@mantine/core";
import { useMounted } from "@mantine/hooks";
import { COLOR_SCHEMES } from "./color-schemes";
import { IconSunMoon } from "./icons";
import { MenuButton } from "./menu-button";

/** Light, dark, or whatever the device says. */
export function ColorSchemeMenu() {
  const { setColorScheme } = useMantineColorScheme();
  const mounted = useMounted();
  return (
    <MenuButton
      label="Colours"
      size="lg"
      inert={!mounted}
      width={170}
      entries={() =>
        COLOR_SCHEMES.map(({ value, label, icon: Icon }) => ({
          label,
          icon: <Icon size={16} />,
          onClick: () => setColorScheme(value),
        }))
      }
    >
      <IconSunMoon size={19} stroke={1.6} />
    </MenuButton>
  );
}

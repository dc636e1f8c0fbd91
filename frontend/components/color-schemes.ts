import { IconDeviceDesktop, IconMoon, IconSun } from "./icons";

/** What the colours may follow, in the order of the menus. */
export const COLOR_SCHEMES = [
  { value: "light", label: "Light", icon: IconSun },
  { value: "dark", label: "Dark", icon: IconMoon },
  { value: "auto", label: "As my device", icon: IconDeviceDesktop },
] as const;

import { ActionIcon, UnstyledButton } from "@mantine/core";
import { COLOR_SCHEMES } from "./color-schemes";
import { IconSunMoon } from "./icons";
import classes from "./color-menu.module.css";

/** The menu of `ColorSchemeMenu` for pages without React in the browser: `visitor/color-menu.ts` opens it. */
export function ColorMenu() {
  return (
    <div className={classes.root} data-color-menu>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label="Colours"
        aria-haspopup="menu"
        aria-expanded={false}
        aria-controls="colors"
        inert
      >
        <IconSunMoon size={19} stroke={1.6} />
      </ActionIcon>
      <div
        id="colors"
        role="menu"
        aria-label="Colours"
        tabIndex={-1}
        className={classes.menu}
        hidden
      >
        {COLOR_SCHEMES.map(({ value, label, icon: Icon }) => (
          <UnstyledButton
            key={value}
            role="menuitem"
            tabIndex={-1}
            className={classes.item}
            data-scheme={value}
            inert
          >
            <Icon size={16} />
            {label}
          </UnstyledButton>
        ))}
      </div>
    </div>
  );
}

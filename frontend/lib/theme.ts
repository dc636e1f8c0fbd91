import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** A quiet evergreen: the one accent. */
const pine: MantineColorsTuple = [
  "#eef7f3",
  "#dcede5",
  "#b8dbcb",
  "#8fc6ae",
  "#63ad8f",
  "#429477",
  "#2c7a61",
  "#20644f",
  "#1a5141",
  "#143f33",
];

/** Warm greys, so that neither scheme is harsh. */
const dark: MantineColorsTuple = [
  "#e6e4e0",
  "#c4c1bb",
  "#9d9a93",
  "#75726c",
  "#4a4844",
  "#383633",
  "#2c2a28",
  "#211f1e",
  "#191817",
  "#121110",
];

const gray: MantineColorsTuple = [
  "#faf9f6",
  "#f3f1ec",
  "#e9e6df",
  "#dedad2",
  "#cec9c0",
  "#aca69c",
  "#837d74",
  "#56514a",
  "#3a3631",
  "#24211e",
];

export const theme = createTheme({
  primaryColor: "pine",
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  colors: { pine, gray, dark },
  fontFamily: "var(--font-sans), system-ui, sans-serif",
  headings: { fontFamily: "var(--font-serif), Georgia, serif", fontWeight: "500" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  // Without the components' own `extend`: that would bring their code to every page.
  components: {
    Modal: { styles: { title: { fontWeight: 600 } } },
    Tooltip: { defaultProps: { openDelay: 500 } },
  },
});

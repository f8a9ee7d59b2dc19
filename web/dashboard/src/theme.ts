import {
  ActionIcon,
  Alert,
  Badge,
  Button,
  type CSSVariablesResolver,
  createTheme,
  Drawer,
  type MantineColorsTuple,
  Menu,
  Modal,
  NumberInput,
  Paper,
  PasswordInput,
  Select,
  Skeleton,
  Tabs,
  Textarea,
  TextInput,
  Tooltip,
} from "@mantine/core";

/** Leaf green: what one does. */
const pandan: MantineColorsTuple = [
  "#eaf6f0",
  "#d3eade",
  "#a8d6bf",
  "#78c09d",
  "#50ad81",
  "#379a6f",
  "#268460",
  "#1c6b50",
  "#155642",
  "#0e4233",
];

/** Ripe mango: what wants a look. */
const mango: MantineColorsTuple = [
  "#fff6e3",
  "#fdeac6",
  "#f9d591",
  "#f4bd57",
  "#eaa63a",
  "#d98e1f",
  "#b97313",
  "#97590d",
  "#79460b",
  "#5b340a",
];

/** Chili: what went wrong, and what cannot be undone. */
const chili: MantineColorsTuple = [
  "#fdeeec",
  "#f9d9d5",
  "#f0b1a9",
  "#e78579",
  "#de6152",
  "#d24a3a",
  "#bd3a2b",
  "#9f2e22",
  "#80251c",
  "#611c16",
];

/** Warm greys, like paper. */
const gray: MantineColorsTuple = [
  "#faf8f3",
  "#f3f0e8",
  "#e8e4d9",
  "#d8d3c5",
  "#bdb7a7",
  "#98927f",
  "#736d5e",
  "#565146",
  "#3a3730",
  "#23211d",
];

/** The same by night. */
const dark: MantineColorsTuple = [
  "#e6e3dc",
  "#bdb9b0",
  "#98948a",
  "#6d6961",
  "#413e39",
  "#322f2b",
  "#272522",
  "#1d1b19",
  "#171614",
  "#121110",
];

const FONT = "'Hanken Grotesk Variable', system-ui, -apple-system, 'Segoe UI', 'Noto Sans Thai', sans-serif";

/** Washes that the eye can rest on, in light and dark: background and ink by colour. */
const WASH: Record<string, [background: string, ink: string]> = {
  chili: ["var(--bad-wash)", "var(--bad-ink)"],
  mango: ["var(--warm-wash)", "var(--warm-ink)"],
  pandan: ["var(--accent-wash)", "var(--accent)"],
};

export const theme = createTheme({
  colors: { pandan, mango, chili, gray, dark, red: chili, yellow: mango, green: pandan },
  primaryColor: "pandan",
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  luminanceThreshold: 0.38,
  fontFamily: FONT,
  headings: { fontFamily: FONT, fontWeight: "650" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  fontSizes: { xs: "0.75rem", sm: "0.8375rem", md: "0.925rem", lg: "1.05rem", xl: "1.25rem" },
  radius: { xs: "4px", sm: "6px", md: "8px", lg: "12px", xl: "18px" },
  components: {
    Alert: Alert.extend({
      vars: (_theme, props) => {
        const [background, ink] = WASH[props.color ?? ""] ?? ["color-mix(in srgb, var(--ink) 5%, transparent)", "var(--ink)"];
        return { root: { "--alert-bg": background, "--alert-color": ink } };
      },
    }),
    Button: Button.extend({ defaultProps: { size: "sm" } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: "subtle", color: "gray" } }),
    TextInput: TextInput.extend({ defaultProps: { size: "sm" } }),
    PasswordInput: PasswordInput.extend({ defaultProps: { size: "sm" } }),
    NumberInput: NumberInput.extend({ defaultProps: { size: "sm" } }),
    Textarea: Textarea.extend({ defaultProps: { size: "sm" } }),
    Select: Select.extend({ defaultProps: { size: "sm", checkIconPosition: "right" } }),
    Badge: Badge.extend({ defaultProps: { variant: "light", radius: "sm", tt: "none", fw: 600, size: "md" } }),
    Menu: Menu.extend({ defaultProps: { shadow: "md", radius: "md", position: "bottom-end" } }),
    Modal: Modal.extend({
      defaultProps: { centered: true, radius: "lg", overlayProps: { backgroundOpacity: 0.4 }, closeButtonProps: { "aria-label": "Close" } },
    }),
    Drawer: Drawer.extend({ defaultProps: { overlayProps: { backgroundOpacity: 0.4 }, closeButtonProps: { "aria-label": "Close" } } }),
    Paper: Paper.extend({ defaultProps: { radius: "lg" } }),
    Skeleton: Skeleton.extend({ defaultProps: { radius: "sm" } }),
    Tabs: Tabs.extend({ defaultProps: { keepMounted: false } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: true } }),
  },
});

/** Inks that are legible on paper and at night (WCAG AA), in the place of the library's own. */
export const inks: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#fdfcf9",
    "--mantine-color-text": "#23211d",
    "--mantine-color-dimmed": "#5f594c",
    "--mantine-color-error": "#9f2e22",
    "--mantine-color-placeholder": "#6f6859",
  },
  dark: {
    "--mantine-color-body": "#191816",
    "--mantine-color-text": "#e6e3dc",
    "--mantine-color-dimmed": "#aca79d",
    "--mantine-color-error": "#f0a79d",
    "--mantine-color-placeholder": "#a09a8f",
  },
});

import nextVitals from "eslint-config-next/core-web-vitals";
import nextTypescript from "eslint-config-next/typescript";
import prettier from "eslint-config-prettier";

/** Folders of programs and tests, which have no React: its rules are half of what linting costs. */
const WITHOUT_REACT = ["e2e/**", "gateway/**", "scripts/**", "tests/**", "visitor/**", "worker/**"];
const reactRules = nextVitals
  .flatMap(({ rules = {} }) => Object.keys(rules))
  .filter((rule) => /^(react|react-hooks|jsx-a11y)\//.test(rule));

const config = [
  {
    ignores: [
      ".next/**",
      "next-env.d.ts",
      "lib/api/schema.ts",
      "test-results/**",
      "playwright-report/**",
    ],
  },
  ...nextVitals,
  ...nextTypescript,
  {
    rules: {
      "no-console": "error",
      eqeqeq: "error",
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  { files: WITHOUT_REACT, rules: Object.fromEntries(reactRules.map((rule) => [rule, "off"])) },
  prettier,
];

export default config;

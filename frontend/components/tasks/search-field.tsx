import { CloseButton, TextInput } from "@mantine/core";
import type { RefObject } from "react";
import { IconSearch } from "../icons";
import classes from "./task-toolbar.module.css";

/** As long as the server takes a search. */
const MAX_LENGTH = 200;

interface SearchFieldProps {
  label: string;
  query: string;
  onChange: (query: string) => void;
  inputRef: RefObject<HTMLInputElement | null>;
}

/** Words to search a list for; Escape and its button empty it. */
export function SearchField({ label, query, onChange, inputRef }: SearchFieldProps) {
  return (
    <TextInput
      ref={inputRef}
      aria-label={label}
      placeholder="Search"
      size="sm"
      maxLength={MAX_LENGTH}
      value={query}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") onChange("");
      }}
      leftSection={<IconSearch size={16} stroke={1.7} />}
      rightSection={
        query && (
          <CloseButton size="sm" aria-label="Clear the search" onClick={() => onChange("")} />
        )
      }
      classNames={{ root: classes.search, input: classes.searchInput }}
    />
  );
}

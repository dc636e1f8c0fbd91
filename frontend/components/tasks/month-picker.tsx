import { ActionIcon, Button } from "@mantine/core";
import { monthOf } from "@/lib/tasks/month";
import { addMonths, monthName } from "@/lib/tasks/weeks";
import { IconChevronLeft, IconChevronRight } from "../icons";
import classes from "./calendar.module.css";

interface MonthPickerProps {
  month: string;
  day: string;
  today: string;
  onChoose: (day: string) => void;
}

/** The month's name, and the ways to others: to the same day of them, and in the one that it is now to today. */
export function MonthPicker({ month, day, today, onChoose }: MonthPickerProps) {
  function move(by: number) {
    const same = addMonths(day, by);
    onChoose(monthOf(same) === monthOf(today) ? today : same);
  }

  return (
    <div className={classes.picker}>
      <h2 className={classes.month} id="month" aria-live="polite">
        {monthName(month)}
      </h2>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        className={classes.control}
        aria-label="Previous month"
        onClick={() => move(-1)}
      >
        <IconChevronLeft size={18} stroke={1.7} />
      </ActionIcon>
      <Button
        variant="default"
        size="xs"
        className={classes.control}
        onClick={() => onChoose(today)}
      >
        Today
      </Button>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        className={classes.control}
        aria-label="Next month"
        onClick={() => move(1)}
      >
        <IconChevronRight size={18} stroke={1.7} />
      </ActionIcon>
    </div>
  );
}

import { IconArrowUp, IconCheck } from "../icons";
import classes from "./preview.module.css";

const TASKS = [
  { title: "Send the invoice", due: "Yesterday", tone: "overdue" },
  { title: "Pay rent", due: "Today, 17:00", tone: "today" },
  { title: "Book the dentist", due: "Done", tone: "done" },
];

/** A still of the app: a question, an answer and the list that it changed. Decoration only. */
export function Preview() {
  return (
    <div className={classes.frame} aria-hidden="true">
      <div className={classes.chat}>
        <p className={classes.person}>Add a task to buy groceries tomorrow</p>
        <p className={classes.assistant}>
          Done. <strong>Buy groceries</strong> is on your list for tomorrow.
        </p>
      </div>
      <ul className={classes.list}>
        <li className={classes.fresh}>
          <span className={classes.box} />
          Buy groceries
          <span className={classes.due}>Tomorrow</span>
        </li>
        {TASKS.map(({ title, due, tone }) => (
          <li key={title} data-tone={tone}>
            <span className={classes.box}>
              {tone === "done" && <IconCheck size={12} stroke={3} />}
            </span>
            {title}
            <span className={classes.due}>{due}</span>
          </li>
        ))}
      </ul>
      <div className={classes.composer}>
        What’s due this week?
        <span>
          <IconArrowUp size={15} stroke={2.4} />
        </span>
      </div>
    </div>
  );
}

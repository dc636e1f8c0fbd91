import { Anchor, Button, Container, Group } from "@mantine/core";
import { ColorMenu } from "../color-menu";
import { Logo } from "../logo";
import { Preview } from "./preview";
import classes from "./landing-page.module.css";

const POINTS = [
  {
    title: "Say it, and it is on the list",
    text: "“Pay rent friday 5pm p1 #home” becomes a task with a date, a time, a priority and a tag.",
  },
  {
    title: "Two ways in, one list",
    text: "Work by hand or by chat. What the assistant changes shows at once, and everything can be undone.",
  },
  {
    title: "Your day, in your time zone",
    text: "Today means today where you are. Overdue, tomorrow and this week sort themselves.",
  },
];

export function LandingPage() {
  return (
    <div className={classes.page}>
      <Container size="lg" component="header" className={classes.header}>
        <Logo />
        <Group gap={6}>
          <ColorMenu />
          <Button
            component="a"
            href="/sign-in"
            variant="subtle"
            color="gray"
            className={classes.quiet}
          >
            Sign in
          </Button>
        </Group>
      </Container>

      <Container size="lg" component="main" className={classes.main}>
        <div className={classes.words}>
          <h1 className={classes.title}>The todo list you can talk to.</h1>
          <p className={classes.lead}>
            Type a task the way you would say it. Ask what is due. Tick things off by hand or let
            the assistant do it. Nothing gets lost on the way.
          </p>
          <Group gap="lg" mt={28}>
            <Button component="a" href="/sign-up" size="md" radius="xl">
              Create an account
            </Button>
            <Anchor href="/app" c="var(--ink)" fz={15} underline="hover">
              Open the app
            </Anchor>
          </Group>
        </div>
        <Preview />
      </Container>

      <Container size="lg" component="section" aria-label="What it does" className={classes.points}>
        {POINTS.map(({ title, text }) => (
          <div key={title}>
            <h2>{title}</h2>
            <p>{text}</p>
          </div>
        ))}
      </Container>
    </div>
  );
}

import type { Page } from "@playwright/test";
import {
  expect,
  newAccount,
  operator,
  PAGE,
  placeLink,
  quickAdd,
  signUp,
  taskTitle,
  test,
  type Account,
  forget,
} from "./fixtures";

test("sign out and in again", async ({ page }) => {
  const account = newAccount();
  await signUp(page, account);
  await page.goto("/app");
  await quickAdd(page, "Keep me", "Keep me");
  await page.getByRole("button", { name: "Account", exact: true }).click();
  await expect(page.getByText(account.email)).toBeVisible();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/$/);
  expect((await page.request.get("/api/me/tasks")).status()).toBe(401);
  await page.goto("/app");
  await expect(page).toHaveURL(/\/sign-in$/);

  await page.getByLabel("Email").fill(account.email);
  await page.getByRole("textbox", { name: "Password" }).fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(taskTitle(page, "Keep me")).toBeVisible();
});

/** The ways out of an account that its owner chooses. */
const WAYS_OUT: Record<string, (page: Page, account: Account) => Promise<void>> = {
  "signing out": async (page) => {
    await page.getByRole("button", { name: "Account", exact: true }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
  },
  "deleting the account": async (page, { password }) => {
    await page.getByRole("button", { name: "Account", exact: true }).click();
    await page.getByRole("menuitem", { name: "Delete account" }).click();
    const dialog = page.getByRole("dialog", { name: "Delete account" });
    await dialog.getByRole("textbox", { name: "Password" }).fill(password);
    await page.keyboard.press("Enter");
  },
};

for (const [name, leave] of Object.entries(WAYS_OUT)) {
  test(
    `${name} asks for no more of theirs, and ends on the first page however slow all is`,
    {
      tag: PAGE,
    },
    async ({ page }) => {
      const account = newAccount();
      await signUp(page, account);
      await page.goto("/app");
      await quickAdd(page, "Keep me", "Keep me");

      // A list that is asked for while its reader leaves is refused once they have left.
      let refuse = () => {};
      const left = new Promise<void>((resolve) => (refuse = resolve));
      await page.route("**/api/me/tasks?**", async (route) => {
        await left;
        await route.fulfill({ status: 401, json: { detail: "Sign in first", code: "no_session" } });
      });
      await placeLink(page, "Today").click();
      const asked: string[] = [];
      await page.route(/\/$/, async (route) => {
        page.on("request", (request) => void asked.push(new URL(request.url()).pathname));
        refuse();
        // Longer than what the page does on its own once a session has changed.
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        await route.continue();
      });
      await leave(page, account);

      await expect(page).toHaveURL(/\/$/);
      await expect(page.getByRole("link", { name: "Sign in" })).toBeVisible();
      // Whether somebody is signed in is asked once more, as every open page does.
      const ofTheirs = asked.filter((path) => /^\/api\/(?!auth\/get-session)/.test(path));
      expect(ofTheirs).toEqual([]);
    },
  );
}

for (const path of ["/app", "/settings"]) {
  test(
    `signing out leaves ${path} in another tab too`,
    { tag: PAGE },
    async ({ page, context }) => {
      const account = newAccount();
      await signUp(page, account);
      const other = await context.newPage();
      await other.goto(path);
      await expect(other.getByRole("button", { name: "Account", exact: true })).toBeVisible();
      await page.goto("/app");
      await WAYS_OUT["signing out"]!(page, account);
      await expect(page).toHaveURL(/\/$/);
      await expect(other).toHaveURL(/\/sign-in(#from=.+)?$/);
    },
  );
}

test("one account's tasks are not another's", async ({ page, browser }) => {
  await signUp(page, newAccount());
  await page.goto("/app");
  await quickAdd(page, "A secret plan", "A secret plan");
  const { items } = await (await page.request.get("/api/me/tasks")).json();
  const task = items[0] as { id: number; user_id: string };

  const other = await browser.newContext();
  const otherPage = await other.newPage();
  await signUp(otherPage, newAccount("Grace Hopper"));
  await otherPage.goto("/app");
  await expect(otherPage.getByRole("heading", { name: "A clear list" })).toBeVisible();
  expect((await otherPage.request.get(`/api/me/tasks/${task.id}`)).status()).toBe(404);
  expect((await otherPage.request.delete(`/api/me/tasks/${task.id}`)).status()).toBe(404);
  expect((await otherPage.request.get(`/api/${task.user_id}/tasks`)).status()).toBe(403);
  await other.close();
  await page.reload();
  await expect(taskTitle(page, "A secret plan")).toBeVisible();
});

test.describe("refusals", () => {
  test.use({ expectedConsoleErrors: /status of (400|401|422)/ });

  test("a wrong password, and an email that is taken, are said in words", async ({ page }) => {
    const account = newAccount();
    await signUp(page, account);
    await page.context().clearCookies();
    await page.goto("/sign-in");
    await page.getByLabel("Email").fill(account.email);
    await page.getByRole("textbox", { name: "Password" }).fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("do not go together")).toBeVisible();

    await page.getByRole("link", { name: "Create an account" }).click();
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByText("Enter your email address.")).toBeVisible();
    await page.getByLabel("Name").fill(account.name);
    await page.getByLabel("Email").fill(account.email);
    await page.getByRole("textbox", { name: "Password" }).fill(account.password);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByText("Sign in instead")).toBeVisible();
  });

  test("an account is deleted with all that it holds, by its password alone", async ({ page }) => {
    const account = newAccount();
    await signUp(page, account);
    await page.goto("/app");
    await quickAdd(page, "Soon forgotten", "Soon forgotten");
    const { token } = (await (await page.request.get("/api/auth/token")).json()) as {
      token: string;
    };
    const { cookies } = await page.context().storageState();
    const session = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");

    // By keyboard alone: the menu, its last entry, the password.
    await page.getByRole("button", { name: "Account", exact: true }).press("Enter");
    await page.getByRole("menuitem", { name: "Delete account" }).press("Enter");
    const dialog = page.getByRole("dialog", { name: "Delete account" });
    await expect(dialog).toContainText(account.email);
    await expect(dialog).toContainText("all tasks");
    const password = dialog.getByRole("textbox", { name: "Password" });
    await expect(password).toBeFocused();
    await page.keyboard.type("not the password");
    await page.keyboard.press("Enter");
    await expect(dialog.getByText("not the password of this account")).toBeVisible();
    await password.fill(account.password);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/$/);

    // The old session and the old token open nothing any more.
    const bySession = await page.request.get("/api/me/tasks", { headers: { Cookie: session } });
    expect(bySession.status()).toBe(401);
    const byToken = await page.request.post("/api/me/tasks", {
      headers: { Authorization: `Bearer ${token}` },
      data: { title: "From beyond" },
    });
    expect(byToken.status()).toBe(401);
    expect(await byToken.text()).toContain("no longer exists");
    const signIn = await page.request.post("/api/auth/sign-in/email", {
      data: account,
      headers: { Origin: new URL(page.url()).origin }, // as a browser that is remembered sends it
    });
    expect(signIn.status()).toBe(401);
  });

  test("a session that ended elsewhere leads to signing in", async ({ app }) => {
    await app.context().clearCookies();
    // What is pressed is refused, unless the page has noticed by itself.
    const isOut = /\/sign-in(#from=.+)?$/;
    await Promise.any([placeLink(app, "Today").click(), app.waitForURL(isOut)]);
    await expect(app).toHaveURL(isOut);
  });
});

test.describe("without a network", () => {
  test.use({ expectedConsoleErrors: /net::ERR_FAILED/ });

  test("signing in, leaving and deleting say so, and can be tried again", async ({ page }) => {
    const account = newAccount();
    await signUp(page, account);
    const AUTH = "**/api/auth/{sign-in,sign-out,delete-user}**";
    await page.goto("/app");
    await page.route(AUTH, (route) => route.abort());
    await page.getByRole("button", { name: "Account", exact: true }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page.getByText("You are still signed in")).toBeVisible();

    await page.getByRole("button", { name: "Account", exact: true }).click();
    await page.getByRole("menuitem", { name: "Delete account" }).click();
    const dialog = page.getByRole("dialog", { name: "Delete account" });
    await dialog.getByRole("textbox", { name: "Password" }).fill(account.password);
    await page.keyboard.press("Enter");
    await expect(dialog.getByText("not reachable")).toBeVisible();
    await expect(dialog.getByRole("button", { name: "Delete for ever" })).toBeEnabled();

    await forget(page);
    await page.goto("/sign-in");
    await page.getByLabel("Email").fill(account.email);
    await page.getByRole("textbox", { name: "Password" }).fill(account.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert").getByText("not reachable")).toBeVisible();
    await page.unroute(AUTH);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(/\/app$/);
  });
});

test("another site can neither sign in nor use a session here", async ({ page }) => {
  const account = newAccount();
  await signUp(page, account);
  const headers = { Origin: "http://evil.example", "Sec-Fetch-Site": "cross-site" };
  const signIn = await page.request.post("/api/auth/sign-in/email", { data: account, headers });
  expect(signIn.status()).toBe(403);
  const add = await page.request.post("/api/me/tasks", { data: { title: "x" }, headers });
  expect(add.status()).toBe(403);
});

/** Keeps the page's scripts from it until the function that it returns is called. */
async function holdScripts(page: Page): Promise<() => void> {
  let give = () => {};
  const given = new Promise<void>((resolve) => (give = resolve));
  await page.route("**/_next/static/**/*.js", async (route) => {
    await given;
    await route.continue();
  });
  return give;
}

test("what is typed before the page's script has come counts", async ({ page }) => {
  const account = newAccount();
  await signUp(page, account);
  await page.context().clearCookies();
  const giveScripts = await holdScripts(page);
  await page.goto("/sign-in", { waitUntil: "commit" });
  await page.getByLabel("Email").fill(account.email);
  await page.getByRole("textbox", { name: "Password" }).fill(account.password);
  await page.keyboard.press("Enter"); // by which a browser would send the form itself
  giveScripts();
  await page.waitForLoadState("networkidle");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/app$/);
});

for (const path of ["/", "/sign-in", "/sign-up", "/app", "/settings"]) {
  test(
    `${path} offers nothing to press before its script has come`,
    { tag: PAGE },
    async ({ app }) => {
      const giveScripts = await holdScripts(app);
      await app.goto(path, { waitUntil: "commit" });
      const ready = app.locator("button:not([inert], .mantine-PasswordInput-visibilityToggle)");
      await expect(app.locator("button[inert]").first()).toBeAttached();
      await expect(ready).toHaveCount(0);
      giveScripts();
      await expect(ready.filter({ visible: true }).first()).toBeVisible();
      await expect(app.locator("button[inert]")).toHaveCount(0);
    },
  );
}

test("going back after signing out shows nothing", async ({ app }) => {
  await quickAdd(app, "Secret plan", "Secret plan");
  await app.context().clearCookies();
  // What a browser does that brings the page back from its memory; those of tests keep none.
  const isBack = app.evaluate(() =>
    window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })),
  );
  await isBack.catch(() => undefined); // the page may be on its way already
  await expect(app).toHaveURL(/\/sign-in$/);
  await expect(app.getByText("Secret plan")).toBeHidden();
});

const openSettings = async (page: Page) => {
  await page.getByRole("button", { name: "Account", exact: true }).click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
};

const signIn = async (page: Page, { email, password }: Account) => {
  await page.goto("about:blank"); // a page whose session has ended leaves by itself
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/app$/);
};

test.describe("the settings", () => {
  test.use({ expectedConsoleErrors: /status of (400|401)/ });

  test("change the name, and the password for every browser", async ({ page, browser }) => {
    const account = newAccount();
    await signUp(page, account);
    const other = await (await browser.newContext()).newPage();
    await signIn(other, account);
    await page.goto("/app");
    await openSettings(page);

    await page.getByLabel("Name").fill("Countess of Lovelace");
    await page.getByRole("button", { name: "Save name" }).click();
    await expect(page.getByText("Your name is saved.")).toBeVisible();
    await page.getByRole("button", { name: "Account", exact: true }).click();
    await expect(page.getByText("Countess of Lovelace")).toBeVisible();
    await page.keyboard.press("Escape");

    const current = page.getByRole("textbox", { name: "Current password" });
    const next = page.getByRole("textbox", { name: "New password" });
    const change = page.getByRole("button", { name: "Change password" });
    await current.fill("not the password");
    await next.fill("password1");
    await change.click();
    await expect(page.getByText("Many people use this password")).toBeVisible();
    await next.fill("a password of my own");
    await change.click();
    await expect(page.getByText("not the password of this account")).toBeVisible();
    await current.fill(account.password);
    await change.click();
    await expect(page.getByText("Your password is changed.")).toBeVisible();
    await expect(current).toHaveValue("");

    // The other one is out at once; this one goes on.
    expect((await other.request.get("/api/me/tasks")).status()).toBe(401);
    expect((await page.request.get("/api/me/tasks")).status()).toBe(200);
    await expect(page.getByText("This browser", { exact: true })).toHaveCount(1);
    await signIn(other, { ...account, password: "a password of my own" });
    await other.context().close();
  });

  test("end one session, or all others, at once", async ({ page, browser }) => {
    const account = newAccount();
    await signUp(page, account);
    const others = await Promise.all(
      [1, 2, 3].map(async () => (await browser.newContext()).newPage()),
    );
    for (const other of others) await signIn(other, account);
    const areIn = async () => {
      const answers = await Promise.all(others.map(({ request }) => request.get("/api/me/tasks")));
      return answers.filter((answer) => answer.ok()).length;
    };
    await page.goto("/settings");
    const ends = page.getByRole("button", { name: /^End the session of Chrome/ });
    await expect(ends).toHaveCount(3);
    expect(await areIn()).toBe(3);
    await ends.first().click();
    await expect(ends).toHaveCount(2);
    expect(await areIn()).toBe(2);
    await page.getByRole("button", { name: "End all others" }).click();
    await expect(ends).toHaveCount(0);
    expect(await areIn()).toBe(0);
    await expect(page.getByText("This browser", { exact: true })).toBeVisible();
    // The page of one that was ended leads to signing in.
    await others[0]!.goto("about:blank");
    await others[0]!.goto("/settings");
    await expect(others[0]!).toHaveURL(/\/sign-in#from=%2Fsettings$/);
    for (const other of others) await other.context().close();
  });

  test("have the time zone, which is the browser's at sign-up", async ({ page, browser }) => {
    const account = newAccount();
    await page.goto("/sign-up");
    await page.getByLabel("Name").fill(account.name);
    await page.getByLabel("Email").fill(account.email);
    await page.getByRole("textbox", { name: "Password" }).fill(account.password);
    await page.getByRole("button", { name: "Create account" }).click();
    await quickAdd(page, "call home 2030-06-01 18:00", "Call home");
    const row = (where: Page) => where.getByRole("listitem").filter({ hasText: "Call home" });
    await expect(row(page)).toContainText("18:00");

    // Elsewhere on earth it is shown as at home.
    const away = await (await browser.newContext({ timezoneId: "America/New_York" })).newPage();
    await signIn(away, account);
    await expect(row(away)).toContainText("18:00");
    await openSettings(away);
    const zone = away.getByRole("combobox", { name: "Time zone" });
    await expect(zone).toHaveValue("Asia/Karachi");
    await zone.selectOption("Europe/Berlin");
    await expect(away.getByText("Your time zone is saved.")).toBeVisible();
    await away.getByRole("link", { name: "Back to your list" }).click();
    await expect(row(away)).toContainText("15:00");
    await away.context().close();
    await page.reload();
    await expect(row(page)).toContainText("15:00");
  });

  test("download everything, and import it again, until that is undone", async ({ app }) => {
    await quickAdd(app, "Water the ferns", "Water the ferns");
    await openSettings(app);
    const files = new Map<string, string>();
    for (const [kind, link] of [
      ["json", "Download everything as JSON"],
      ["csv", "Download tasks as CSV"],
    ] as const) {
      const begun = app.waitForEvent("download");
      await app.getByRole("link", { name: link }).click();
      const download = await begun;
      expect(download.suggestedFilename()).toMatch(new RegExp(`\\.${kind}$`));
      files.set(kind, await download.path());
    }

    const count = async () => {
      const { items } = await (await app.request.get("/api/me/tasks")).json();
      return (items as unknown[]).length;
    };
    const file = app.getByLabel("Import tasks from a JSON export");
    const add = app.getByRole("button", { name: "Import", exact: true });
    await file.setInputFiles(files.get("csv")!);
    await add.click();
    await expect(app.getByText("CSV is for spreadsheets")).toBeVisible();
    await expect(file).toHaveValue(/./); // what was chosen is kept
    await file.setInputFiles(files.get("json")!);
    await add.click();
    await expect(app.getByText("1 task came; undo takes back all of them.")).toBeVisible();
    expect(await count()).toBe(2);
    await app.getByRole("button", { name: "Undo the import" }).click();
    await expect(app.getByText("1 task came")).toBeHidden();
    expect(await count()).toBe(1);
  });

  test("lead to the end of the account", { tag: PAGE }, async ({ app }) => {
    await openSettings(app);
    await app.getByRole("button", { name: "Delete the account" }).click();
    await expect(app.getByRole("dialog", { name: "Delete account" })).toContainText("all tasks");
  });
});

test.describe("a forgotten password", () => {
  test.use({ expectedConsoleErrors: /status of (400|401)/ });

  test("is set anew by an operator's link, once, and ends every session", async ({
    page,
    browser,
  }) => {
    const account = newAccount();
    await signUp(page, account);
    await page.goto("/app");
    await quickAdd(page, "Keep me", "Keep me");
    const link = operator("reset-password", account.email);

    const elsewhere = await (await browser.newContext()).newPage();
    await elsewhere.goto(link);
    await expect(elsewhere.getByText(account.email)).toBeVisible();
    const password = elsewhere.getByRole("textbox", { name: "New password" });
    await password.fill("short");
    await password.press("Enter");
    await expect(elsewhere.getByText("Use 8 characters or more.")).toBeVisible();
    await password.fill("quite another password");
    await password.press("Enter");
    await expect(elsewhere.getByRole("heading", { name: "Your password is set" })).toBeVisible();
    expect((await page.request.get("/api/me/tasks")).status()).toBe(401);

    await elsewhere.getByRole("link", { name: "Sign in" }).click();
    await elsewhere.getByLabel("Email").fill(account.email);
    await elsewhere.getByRole("textbox", { name: "Password" }).fill("quite another password");
    await elsewhere.getByRole("button", { name: "Sign in" }).click();
    await expect(taskTitle(elsewhere, "Keep me")).toBeVisible();
    await elsewhere.context().close();

    await page.goto(link);
    await page.getByRole("textbox", { name: "New password" }).fill("a third password");
    await page.getByRole("button", { name: "Set password" }).click();
    await expect(page.getByText("was used already")).toBeVisible();
    await page.goto("/reset-password");
    await expect(page.getByRole("heading", { name: "This link is incomplete" })).toBeVisible();
  });
});

test(
  "where no mails are sent, who forgot their password is told whom to ask",
  {
    tag: PAGE,
  },
  async ({ page }) => {
    await page.goto("/sign-in");
    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await expect(page.getByText("Ask the person who runs it for a link")).toBeVisible();
    await expect(page.getByLabel("Email")).toBeHidden();
    await page.getByRole("link", { name: "Back to sign in" }).click();
    await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  },
);

test.describe("where mails are sent", () => {
  test.use({ expectedConsoleErrors: /status of 429/ });

  test("a link for a new password is asked for by address", { tag: PAGE }, async ({ page }) => {
    await page.route("**/ui-config", (route) =>
      route.fulfill({ json: { chatkit: null, signUp: "open", mail: true } }),
    );
    const asked: unknown[] = [];
    let answer: object = { status: 429, json: { message: "Try again in 9 minutes." } };
    await page.route("**/api/auth/request-password-reset", (route) => {
      asked.push(route.request().postDataJSON());
      return route.fulfill(answer);
    });
    await page.goto("/reset-password");
    await page.getByRole("link", { name: "Ask for another one" }).click();
    await page.getByLabel("Email").fill("ada");
    await page.getByRole("button", { name: "Send link" }).click();
    await expect(page.getByText("Enter your email address.")).toBeVisible();
    await page.getByLabel("Email").fill("ada@example.org");
    await page.getByRole("button", { name: "Send link" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "Try again in 9" })).toBeVisible();
    answer = { json: { status: true } };
    await page.getByRole("button", { name: "Send link" }).click();
    await expect(page.getByText("If there is an account with this address")).toBeVisible();
    expect(asked).toEqual([{ email: "ada@example.org" }, { email: "ada@example.org" }]);
  });
});

test(
  "where sign-up is confirmed by a mail, an address is all that is asked, and no answer tells of accounts",
  {
    tag: PAGE,
  },
  async ({ page }) => {
    await page.route("**/ui-config", (route) =>
      route.fulfill({ json: { chatkit: null, signUp: "confirmed", mail: true } }),
    );
    const asked: unknown[] = [];
    await page.route("**/api/auth/request-sign-up", (route) => {
      asked.push(route.request().postDataJSON());
      return route.fulfill({ json: { status: true } });
    });
    await page.goto("/sign-up");
    await expect(page.getByRole("textbox", { name: "Password" })).toBeHidden();
    await page.getByRole("button", { name: "Send link" }).click();
    await expect(page.getByText("Enter your email address.")).toBeVisible();
    await page.getByLabel("Email").fill("ada@example.org");
    await page.getByRole("button", { name: "Send link" }).click();
    await expect(page.getByRole("heading", { name: "Look into your mailbox" })).toBeVisible();
    await expect(page.getByText("A mail is on its way to this address")).toBeVisible();
    expect(asked).toEqual([{ email: "ada@example.org", timeZone: expect.any(String) }]);
  },
);

test.describe("an invitation", () => {
  test.use({ expectedConsoleErrors: /status of 403/ });

  test("makes an account for one address, once, also where the page offers none", async ({
    page,
  }) => {
    const account = newAccount();
    await page.route("**/ui-config", (route) =>
      route.fulfill({ json: { chatkit: null, signUp: "closed" } }),
    );
    const link = operator("invite", account.email);
    await page.goto(link);
    await expect(page.getByLabel("Email")).toHaveValue(account.email);
    await expect(page.getByLabel("Email")).not.toBeEditable();
    await page.getByLabel("Name").fill(account.name);
    await page.getByRole("textbox", { name: "Password" }).fill(account.password);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByRole("heading", { name: "A clear list" })).toBeVisible();

    await forget(page);
    const giveScripts = await holdScripts(page);
    const ofAnother = link.replace(encodeURIComponent(account.email), newAccount().email);
    await page.goto(ofAnother, { waitUntil: "commit" });
    await page.getByLabel("Name").fill(account.name);
    await page.getByRole("textbox", { name: "Password" }).fill(account.password);
    giveScripts();
    await page.waitForLoadState("networkidle");
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByText("This invitation was used already")).toBeVisible();
  });
});

test(
  "where sign-up is closed, the pages say so and offer no account",
  {
    tag: PAGE,
  },
  async ({ page }) => {
    await page.route("**/ui-config", (route) =>
      route.fulfill({ json: { chatkit: null, signUp: "closed" } }),
    );
    await page.goto("/sign-up");
    await expect(page.getByRole("heading", { name: "Sign-up is closed" })).toBeVisible();
    await expect(page.getByLabel("Email")).toBeHidden();
    await page.getByRole("link", { name: "Sign in" }).click();
    await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
    await expect(page.getByText("Create an account")).toBeHidden();
  },
);

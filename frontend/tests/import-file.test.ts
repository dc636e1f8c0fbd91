import { describe, expect, it } from "vitest";
import { lineOf, readImport, refusalText } from "@/lib/tasks/import-file";

/** An export as the server writes it: a line for each task. */
const exported = (...tasks: object[]) =>
  `{"format":"todo-stack","version":1,"profile":{},\n"tasks":[\n` +
  `${tasks.map((task) => JSON.stringify(task)).join(",\n")}\n],\n"changes":[\n]}\n`;

const MILK = { id: 1, title: "Milk" };
const BREAD = { id: 2, title: "Bread" };

describe("a file to import", () => {
  it("is sent without what is no task", () => {
    const tasks = [MILK, BREAD];
    expect(readImport(exported(...tasks)).request).toEqual({
      format: "todo-stack",
      version: 1,
      tasks,
    });
  });

  it.each([
    ["a spreadsheet", '\uFEFF"id","parent_id","title"\r\n', "CSV is for spreadsheets"],
    ["another program's JSON", '{"tasks":[]}', "not an export of Todo Stack"],
    ["no object", "null", "not an export of Todo Stack"],
    ["one of a later version", '{"format":"todo-stack","version":2,"tasks":[]}', "not an export"],
    ["a part of one", exported(MILK, BREAD).slice(0, -30), "a part of an export"],
    ["one with too many tasks", exported({ title: "x".repeat(1_200_000) }), "1.2 MiB"],
  ])("is not %s", (_what, text, words) => {
    expect(() => readImport(text)).toThrow(words);
  });

  it("that breaks off tells the line", () => {
    expect(() => readImport('{"format":"todo-stack",\n"tasks":[\n{"id":1}')).toThrow("line 3");
  });

  it("has a line for each refused task, if it is as it was exported", () => {
    const file = readImport(exported(MILK, BREAD));
    const refused = { place: 2, title: "Bread", reason: "id: another task before it has it" };
    expect(refusalText(file, refused)).toBe("Line 4, “Bread”: id: another task before it has it");
    const other = readImport(JSON.stringify(file.request, null, 2));
    expect(lineOf(other, 2)).toBeNull();
    expect(refusalText(other, { ...refused, title: null })).toContain("Task 2 of the file: id");
  });
});

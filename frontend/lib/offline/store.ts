import { createStore } from "idb-keyval";

/** Where this browser keeps what is to outlast a page: lists and waiting changes, under their person's id. */
export const store = createStore("todo-stack", "offline");

/** Under which key the waiting changes of a person are. */
export const waitingKey = (userId: string): IDBValidKey => ["waiting", userId];

/** Headers by their names in lower case, as those of a web `Request` are: all that most of our code asks of them. */
export type HeaderLookup = Pick<Headers, "get">;

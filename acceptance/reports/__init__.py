"""The forms of a report: a table in the terminal, JSON, JUnit's XML, one page of HTML."""

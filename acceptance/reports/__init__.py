"""What a run is told as: a table in the terminal, JSON, JUnit's XML, one page of HTML."""

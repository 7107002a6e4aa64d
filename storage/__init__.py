"""The memory: tables, migrations, what is kept and what is found; SQL lives here only."""

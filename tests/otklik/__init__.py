"""The porter: commands, checks, the demo, the timetable."""

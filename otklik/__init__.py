"""The porter: commands, wiring, timetable."""

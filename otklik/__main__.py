"""`python -m otklik` is the same as the command `otklik`."""

from otklik.cli import main

main()

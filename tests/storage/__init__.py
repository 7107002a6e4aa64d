"""Tests of the memory, the same on both databases."""

"""Spiders: one file per platform; each yields PostItem and PageEnd and nothing else."""

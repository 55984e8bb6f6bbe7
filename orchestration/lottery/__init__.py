"""Lotteries that anybody can draw again: a closed list, a public seed, one rule."""

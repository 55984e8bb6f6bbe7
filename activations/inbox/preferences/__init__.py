"""The preference centre: what a person states of channels, topics, frequency, language, a pause."""

"""Amazon SES, API version 2."""

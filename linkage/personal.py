"""Which comparisons are of the person, and which of the household or the firm."""

#: Comparisons of what is a person's own.
PERSONAL = ("given", "name", "birth_date", "national_id", "email", "unionid")
#: What relatives agree on by chance only; a birth date is shared by twins.
OWN = ("given", "name", "national_id", "email", "phone", "unionid")
#: Comparisons of who a person is; so many must agree for two records to count as one person.
NAMING, LEAST_NAMING = (*PERSONAL, "family_name"), 2

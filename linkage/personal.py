"""Which comparisons are of the person, and which of the household or the firm."""

#: Comparisons of what is a person's own.
PERSONAL = ("given", "name", "birth_date", "national_id", "email", "unionid")
#: What relatives agree on by chance only; a birth date is shared by twins.
OWN = ("given", "name", "national_id", "email", "phone", "unionid")
#: How much agreement says who a person is, and how much of it two records of one person need: two
#: names, or a thing that names rarely share.
NAMING = {"given": 1, "name": 1, "family_name": 1} | dict.fromkeys(
    ("birth_date", "national_id", "email", "unionid"), 2
)
LEAST_NAMING = 2

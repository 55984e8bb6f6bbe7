"""Which comparisons are of the person, and which of the household or the firm."""

#: Comparisons of what is a person's own.
PERSONAL = ("given", "name", "birth_date", "national_id", "email", "unionid")
#: What relatives and colleagues agree on by chance only; a birth date is shared by twins, a phone
#: by a household or a firm.
OWN = ("given", "national_id", "email", "unionid")
#: They share words of a name, but its highest degrees by chance only.
OWN_DEGREES = {"name": 2}
#: How much agreement says who a person is, and how much of it two records of one person need: two
#: names, or a thing that names rarely share.
NAMING = {"given": 1, "name": 1, "family_name": 1} | dict.fromkeys(
    ("birth_date", "national_id", "email", "unionid"), 2
)
LEAST_NAMING = 2

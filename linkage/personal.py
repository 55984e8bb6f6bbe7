"""Which comparisons are of the person, and which of the household or the firm."""

#: Comparisons of what is a person's own.
PERSONAL = ("given", "name", "birth_date", "national_id", "email", "unionid")
#: What relatives and colleagues agree on by chance only; a birth date is shared by twins, a phone
#: by a household or a firm.
OWN = ("given", "national_id", "email", "unionid")
#: What rules join by: of the pairs that they left apart none agrees on it, whoever they are.
IDENTIFIERS = ("national_id", "email", "unionid")
#: They share words of a name, but its highest degrees by chance only.
OWN_DEGREES = {"name": 2}

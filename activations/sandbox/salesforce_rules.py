"""What a Salesforce-like CRM checks of a record: its fields exist, those it requires are there, and
values fit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

STANDARD = frozenset(
    {
        *(
            "LastName",
            "FirstName",
            "Name",
            "Email",
            "Phone",
            "MobilePhone",
            "Title",
            "Department",
            "Company",
            "LeadSource",
        ),
        *(
            "Description",
            "MailingCity",
            "MailingCountry",
            "OwnerId",
            "AccountId",
            "StageName",
            "CloseDate",
            "Amount",
        ),
        *(
            "Status",
            "Subject",
            "Priority",
            "ActivityDate",
            "WhoId",
            "WhatId",
            "CampaignId",
            "ContactId",
        ),
    }
)
REQUIRED = {
    "Contact": ["LastName"],
    "Lead": ["LastName", "Company"],
    "Account": ["Name"],
    "Opportunity": ["Name", "StageName"],
}
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
TEXT_LIMIT = 255
LONG = {"Description"}


def error(code: str, message: str) -> dict[str, str]:
    """An entry of the list of errors of a call."""
    return {"errorCode": code, "message": message}


def check_fields(row: Mapping[str, Any]) -> list[str]:
    """Names that no field has: a call with one of them is refused as a whole."""
    return [name for name in row if name not in STANDARD and not name.endswith("__c")]


def check_record(sobject: str, row: Mapping[str, Any], *, is_new: bool) -> list[dict[str, Any]]:
    """The errors of one record."""
    missing = [
        name for name in REQUIRED.get(sobject, []) if (is_new or name in row) and not row.get(name)
    ]
    if missing:
        return [
            _wrong(
                "REQUIRED_FIELD_MISSING",
                f"Required fields are missing: [{', '.join(missing)}]",
                missing,
            )
        ]
    if row.get("Email") and not EMAIL.fullmatch(str(row["Email"])):
        return [
            _wrong(
                "INVALID_EMAIL_ADDRESS", f"Email: invalid email address: {row['Email']}", ["Email"]
            )
        ]
    long = [
        name
        for name, value in row.items()
        if isinstance(value, str) and len(value) > TEXT_LIMIT and name not in LONG
    ]
    return [_wrong("STRING_TOO_LONG", "data value too large", long)] if long else []


def _wrong(code: str, message: str, fields: list[str]) -> dict[str, Any]:
    return {"statusCode": code, "message": message, "fields": fields}

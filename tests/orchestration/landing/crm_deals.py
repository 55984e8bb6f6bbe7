"""A deal in the words of each simulated CRM, and how it is won."""

from __future__ import annotations

from typing import Any

KINDS = {
    "hubspot": "deals",
    "salesforce": "Opportunity",
    "fxiaoke": "NewOpportunityObj",
    "xiaoshouyi": "opportunity",
    "tryton": "sale.opportunity",
}
VALUES: dict[str, dict[str, Any]] = {
    "hubspot": {
        "dealname": "设备",
        "dealstage": "appointment",
        "pipeline": "default",
        "hubspot_owner_id": "501",
        "amount": "5",
    },
    "salesforce": {"Name": "设备", "StageName": "Prospecting", "OwnerId": "005A", "Amount": 5},
    "fxiaoke": {"name": "设备", "sales_stage": "1", "owner": ["FSUID_A"], "amount": "5.00"},
    "xiaoshouyi": {"opportunityName": "设备", "saleStageId": 11, "ownerId": 71, "money": 5},
    "tryton": {"description": "设备", "state": "lead", "employee": 4, "amount": 5},
}
STAGES: dict[str, tuple[str, Any]] = {
    "hubspot": ("dealstage", "closedwon"),
    "salesforce": ("StageName", "Closed Won"),
    "fxiaoke": ("sales_stage", "5"),
    "xiaoshouyi": ("saleStageId", 15),
    "tryton": ("state", "won"),
}

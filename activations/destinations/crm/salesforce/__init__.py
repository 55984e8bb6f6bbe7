"""Salesforce: contacts, leads, accounts, opportunities, tasks and members of campaigns."""

"""纷享销客 (Fxiaoke, ShareCRM): contacts, leads, customers, opportunities and custom objects."""

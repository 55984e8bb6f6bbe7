"""What CRMs tell the warehouse: deals with their stage and owner, read from where the last reading
ended.
"""

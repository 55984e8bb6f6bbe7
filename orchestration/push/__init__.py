"""Step 4: pushing what was planned, and asking vendors about deliveries whose outcome is
unknown.
"""

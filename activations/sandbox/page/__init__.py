"""The sandbox's page: what each recipient received, as they see it, and the switches of the
sandbox.
"""

"""WeChat and WeCom, simulated: tokens, windows, quotas, tags and signed callbacks as the vendors
check and make them.
"""

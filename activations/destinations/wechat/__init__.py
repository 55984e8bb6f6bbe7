"""WeChat and WeCom: one folder a destination; what they share (token, calls, outcomes, content,
callbacks) lies beside them.
"""

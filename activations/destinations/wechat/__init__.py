"""WeChat and WeCom: one folder a destination; what they share (token, calls, verdicts, content,
callbacks) lies beside them.
"""

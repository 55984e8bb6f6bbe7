"""SMS: providers with approved templates (Aliyun, Tencent) and with free bodies (Twilio,
Kannel).
"""
